import { RowTable } from '#processing/row-table.js';
import { CustomerListed } from './customer-list.table.js';
import { beginningOf } from './search-text.js';

/** The order of a list: by a column and then by id, or by id alone. */
export interface Order {
  column: string | undefined;
  direction: 'asc' | 'desc';
}

/** What a page of a search is made of: SQL conditions, each about columns of the table. */
export interface Search {
  /** As they are compared; at least one. */
  words: string[];
  /** What else has to hold of the facets, which stand in the index of beginnings too. */
  facets: string[];
  /** What else has to hold. */
  conditions: string[];
  /** What holds of nearly every row. */
  usual: string;
  /** Where the page begins, and what else bounds the column of the order: the order is looked through between these. */
  place: string[];
  order: Order;
  /** How many rows are wanted. */
  limit: number;
}

/** How many rows are looked at in the page's order, to see how many are found among these. */
const SAMPLE = 2_000;
/** Where enough are, so many: they take about as long to look at as some thousand rows to fetch. */
const NEAR = 32_000;
/** A sample may be lucky, and then both ways are gone. Where few of those with the words match, half as many again are wanted. */
const SURER = 1.5;
/**
 * So many of the sample match where that many among a million take as long to fetch (3 µs each) as the next rows until
 * the page is full take to look at (0.3 µs each, and 1.5 for each that has the words, to see the rest of it).
 */
const enoughOf = (limit: number, surer: number) =>
  `(select ceil(${surer} * sqrt(${limit} * (0.4 + count(*) / 1000.0))) from with_words)`;
/**
 * Of the sample so many have words that are common: to list all who have them takes longer than to fetch those for
 * whom everything else holds, who are few where the next rows did not fill the page.
 */
const COMMON = 200;

const { name: table } = new RowTable(CustomerListed);

/** The same for the rows of any relation that has these columns. */
export function orderBy({ column, direction }: Order, relation = table): string {
  return [...(column === undefined ? [] : [column]), 'customer_id']
    .map((name) => `${relation}.${name} ${direction}`)
    .join();
}

/**
 * SQL that makes `found` of the rows that a page needs. No index gives the first of many matches in an order, so there
 * are two ways, each of a bounded length. What many match is found among the next rows of the order, of which an index
 * holds the texts too. What few of a sample match, or too few of the next rows, is collected and sorted: by the index
 * of beginnings and facets together with those of the columns, and without the words where these are common.
 * @param bind takes a value and names its parameter.
 */
export function searchSql(search: Search, bind: (value: unknown) => string): string {
  const { facets, conditions, usual, place, order, limit } = search;
  // What begins as another word does says nothing, and would let the planner expect too few.
  const words = search.words.filter((word) => !search.words.some((other) => other !== word && other.startsWith(word)));
  const patterns = words.map((word) => bind(`% ${word.replace(/[\\%_]/g, '\\$&')}%`));
  const like = (column: string) => patterns.map((pattern) => `${column} like ${pattern}`);
  const all = (...given: string[]) => (given.length > 0 ? `where ${given.join(' and ')}` : '');
  const narrowed = [...facets, ...conditions, usual];
  // Under names of their own: conditions name columns of the table, the one of the order among them.
  const key = order.column === undefined ? [] : ['next_key'];
  const read = [
    'customer_id as next_id',
    ...key.map((name) => `${order.column} as ${name}`),
    'search_text as next_text',
  ].join();
  const inOrder = [...key, 'next_id'].map((name) => `${name} ${order.direction}`).join();
  const next = (rows: number) =>
    `(select ${read} from ${table} ${all(...place)} order by ${orderBy(order)} limit ${rows}) as next`;
  const enough =
    conditions.length > 0 ? Math.ceil((SURER * limit * SAMPLE) / NEAR) : enoughOf(limit, facets.length > 0 ? SURER : 1);
  // With facets the one index finds those who have the words too, however common they are.
  const areCommon = facets.length > 0 ? 'false' : `(select count(*) from with_words) >= ${COMMON}`;
  const beginnings = `views.beginnings(search_text) @> ${bind([...new Set(words.map(beginningOf))])}::text[]`;
  const few = (...found: string[]) =>
    `select ${table}.* from rest join ${table} on ${[...found, ...like('search_text'), ...narrowed, ...place].join(' and ')}`;
  // `offset 0`: with an eye on the order and the limit the planner would rather read the whole table in order, for
  // words of which it does not know that nobody has them together.
  return `
    with with_words as materialized (
      select next_id from ${next(SAMPLE)} ${all(...like('next_text'))}
    ), sample as materialized (
      select from with_words join ${table} on customer_id = next_id ${all(...narrowed)} limit ${enough}
    ), near as materialized (
      select ${table}.* from ${next(NEAR)} join ${table} on customer_id = next_id
       ${all(`(select count(*) from sample) = ${enough}`, ...like('next_text'), ...narrowed)}
       order by ${inOrder} limit ${limit}
    ), rest as materialized (
      select ${areCommon} as is_common where (select count(*) from near) < ${limit}
    ), found as (
      select * from near where not exists (select from rest)
      union all
      (select * from (${few('is_common')} union all ${few('not is_common', beginnings)} offset 0) as few
        order by ${orderBy(order, 'few')} limit ${limit})
    )`;
}
