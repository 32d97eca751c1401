import { RowTable } from '#processing/row-table.js';
import { customer360 } from '../customer-360/customer-360.projection.js';
import { firstInstant } from '../history/moment.js';
import { mergeGroup } from '../merge-group/merge-group.projection.js';
import { mergedCustomers } from '../merge-group/merge-group.query.js';
import type { Read, ReadOptions, ViewReader } from '../view-reader.js';
import { CustomerListed } from './customer-list.table.js';
import { type Facet, facet } from './list-row.js';
import { type Order, orderBy, searchSql } from './search.js';
import { wordsOf } from './search-text.js';

export const SORTS = [
  'customerId',
  'acquiredAt',
  '-acquiredAt',
  'value',
  '-value',
  'lastPurchaseAt',
  '-lastPurchaseAt',
] as const;
export type Sort = (typeof SORTS)[number];

/** What a list asks for; everything has to hold at once. */
export interface ListFilter {
  /** Of one facet any of the values. */
  facets?: Partial<Record<Facet, readonly string[]>>;
  /** Every loyalty level that there is, where the lowest is asked for: whoever was announced none of them has that. */
  loyaltyLevels?: readonly string[];
  /** Words, for each of which a word of a name or an e-mail address must begin so. */
  search?: string;
  /** Any of these, as they stand among a row's phones. */
  phones?: readonly string[];
  bornAfter?: string;
  bornThrough?: string;
  /** Instants, or days in UTC, of which `Before` leaves out the day itself. */
  acquiredBefore?: string;
  acquiredAfter?: string;
  lastPurchaseBefore?: string;
  lastPurchaseAfter?: string;
  /** In minor units of the customer's main currency. */
  valueFrom?: number;
  valueTo?: number;
  currency?: string;
  complaining?: boolean;
  sort?: Sort;
}

export interface Page {
  limit: number;
  /** Where the page before ended. */
  after?: Cursor;
}

/** The place of a row in an order: the order, what the row stands there by (a value, milliseconds), and its id. */
export interface Cursor {
  sort: Sort;
  key: number | null;
  customerId: string;
}

export type ListedCustomer = Pick<
  CustomerListed,
  'customerId' | 'name' | 'acquiredAt' | 'lastPurchaseAt' | 'value' | 'currency' | 'openComplaints'
> & { facets: string[] };

const table = new RowTable(CustomerListed);

/** A page of the customers for whom everything of the filter holds, in its order. A row that does not change is neither skipped nor repeated. */
export async function findCustomers(
  reader: ViewReader,
  filter: ListFilter,
  page: Page,
  options: ReadOptions,
): Promise<Read<ListedCustomer> & { next: Cursor | undefined }> {
  const { sql, values } = toSql(filter, page);
  const read = await reader.read<ListedCustomer & { $key: Cursor['key']; $row: number }>(
    [customer360, mergeGroup],
    sql,
    values,
    options,
  );
  // What joins the rows with the checkpoints promises no order.
  const rows = read.rows.sort((a, b) => a.$row - b.$row).slice(0, page.limit);
  const last = rows.at(-1);
  const isMore = read.rows.length > page.limit && last !== undefined;
  return {
    position: read.position,
    rows: rows.map(({ $key: _key, $row: _row, ...row }) => row),
    next: isMore ? { sort: sortOf(filter, page), key: last.$key, customerId: last.customerId } : undefined,
  };
}

/** A page goes on in the order of the one before. */
function sortOf({ sort = 'customerId' }: ListFilter, { after }: Page): Sort {
  return after?.sort ?? sort;
}

const COLUMNS = { acquiredAt: 'acquired_at', value: 'value', lastPurchaseAt: 'last_purchase_at' } as const;

function toSql(filter: ListFilter, page: Page): { sql: string; values: unknown[] } {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  // Who lives on in another customer is in no list: that one is.
  const lives = `not exists (select 1 from ${mergedCustomers} as m where m.customer_id = ${table.name}.customer_id)`;
  const sort = sortOf(filter, page);
  const order: Order = {
    column: COLUMNS[sort.replace('-', '') as keyof typeof COLUMNS] as string | undefined,
    direction: sort.startsWith('-') ? 'desc' : 'asc',
  };
  const ranges = [...rangesOf(filter, bind)];
  const place = [
    ...placeOf(page.after, order, bind),
    ...ranges.filter(([column]) => column === order.column).map(([, range]) => range),
  ];
  const facets = [...facetsOf(filter, bind)];
  const conditions = [
    ...conditionsOf(filter, bind),
    ...ranges.filter(([column]) => column !== order.column).map(([, range]) => range),
  ];
  const limit = page.limit + 1;
  const words = [...new Set(wordsOf(filter.search ?? ''))];
  const all = [lives, ...facets, ...conditions, ...place].join(' and ');
  const found =
    words.length > 0
      ? searchSql({ words, facets, conditions, usual: lives, place, order, limit }, bind)
      : filter.phones && havingPhonesSql(all);
  const from = found === undefined ? table.name : 'found';
  return {
    sql: `${found ?? ''}
          select customer_id as "customerId", name, facets, acquired_at as "acquiredAt",
                 last_purchase_at as "lastPurchaseAt", value, currency, open_complaints as "openComplaints",
                 ${keyOf(order.column)} as "$key", row_number() over (order by ${orderBy(order, from)})::int as "$row"
            from ${from} ${found === undefined ? `where ${all}` : ''}
           order by ${orderBy(order, from)} limit ${limit}`,
    values,
  };
}

/**
 * SQL that makes `found` of the rows for which everything holds, a phone among it: few. Numbers hardly ever repeat, so
 * nothing is known of how common one is; with an eye on the limit the planner would rather read the whole table in order.
 */
function havingPhonesSql(all: string): string {
  return `with found as materialized (select * from ${table.name} where ${all})`;
}

/** Where a page begins: after the last row of the one before. Who has no value to be ordered by has no place. */
function* placeOf(
  after: Cursor | undefined,
  { column, direction }: Order,
  bind: (value: unknown) => string,
): Generator<string> {
  if (column !== undefined) yield `${column} is not null`;
  if (!after) return;
  const id = `${bind(after.customerId)}::uuid`;
  if (column === undefined) {
    yield `customer_id > ${id}`;
    return;
  }
  const key = column === 'value' ? `${bind(after.key)}::bigint` : `to_timestamp(${bind(after.key)}::bigint / 1000.0)`;
  yield `(${column}, customer_id) ${direction === 'desc' ? '<' : '>'} (${key}, ${id})`;
}

/** As a cursor tells it. */
function keyOf(column: string | undefined): string {
  if (column === undefined) return 'null';
  return column === 'value' ? column : `(extract(epoch from ${column}) * 1000)::bigint`;
}

function* facetsOf(filter: ListFilter, bind: (value: unknown) => string): Generator<string> {
  for (const [name, wanted] of Object.entries(filter.facets ?? {}) as [Facet, readonly string[]][]) {
    const isOneOf = (values: readonly string[]) =>
      `facets && ${bind(values.map((value) => facet(name, value)))}::text[]`;
    const orNone = name === 'loyaltyLevel' && filter.loyaltyLevels;
    yield orNone ? `(${isOneOf(wanted)} or not ${isOneOf(orNone)})` : isOneOf(wanted);
  }
}

function* conditionsOf(filter: ListFilter, bind: (value: unknown) => string): Generator<string> {
  if (filter.search !== undefined && wordsOf(filter.search).length === 0) yield 'false';
  if (filter.phones !== undefined) yield `phones && ${bind(filter.phones)}::text[]`;
  if (filter.currency !== undefined) yield `currency = ${bind(filter.currency)}`;
  if (filter.complaining) yield 'open_complaints > 0';
}

/** What bounds a column, and which one. */
function* rangesOf(filter: ListFilter, bind: (value: unknown) => string): Generator<[column: string, range: string]> {
  const instant = (text: string) => `${bind(firstInstant(text))}::timestamptz`;
  const { bornAfter, bornThrough, acquiredBefore, acquiredAfter, lastPurchaseBefore, lastPurchaseAfter } = filter;
  if (bornAfter !== undefined) yield ['birth_date', `birth_date > ${bind(bornAfter)}::date`];
  if (bornThrough !== undefined) yield ['birth_date', `birth_date <= ${bind(bornThrough)}::date`];
  if (acquiredBefore !== undefined) yield ['acquired_at', `acquired_at < ${instant(acquiredBefore)}`];
  if (acquiredAfter !== undefined) yield ['acquired_at', `acquired_at >= ${instant(acquiredAfter)}`];
  if (lastPurchaseBefore !== undefined) yield ['last_purchase_at', `last_purchase_at < ${instant(lastPurchaseBefore)}`];
  if (lastPurchaseAfter !== undefined) yield ['last_purchase_at', `last_purchase_at >= ${instant(lastPurchaseAfter)}`];
  if (filter.valueFrom !== undefined) yield ['value', `value >= ${bind(filter.valueFrom)}::bigint`];
  if (filter.valueTo !== undefined) yield ['value', `value <= ${bind(filter.valueTo)}::bigint`];
}
