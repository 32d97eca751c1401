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
  /** What else has to hold. */
  conditions: string[];
  /** Where the page begins. */
  place: string[];
  order: Order;
  /** How many rows are wanted. */
  limit: number;
}

/** How many rows are looked at in the page's order: whether the words are in any of these says how common they are. */
const SAMPLE = 2_000;
/**
 * Of words that are common, so many. Of a million customers it leaves to the index of beginnings words that some 3,000
 * have, whose rows take about as long to fetch as these to look at.
 */
const NEAR = 16_000;

const { name: table } = new RowTable(CustomerListed);

/** The same for the rows of any relation that has these columns. */
export function orderBy({ column, direction }: Order, relation = table): string {
  return [...(column === undefined ? [] : [column]), 'customer_id']
    .map((name) => `${relation}.${name} ${direction}`)
    .join();
}

/**
 * SQL that makes `found` of the rows that a page needs. No index gives the first of many matches in an order, so there
 * are two ways, each of a bounded length. Words that many have are found among the next rows of the order, of which an
 * index holds the texts too. Whatever is not in the first of these, or not often enough in them, has few matches: the
 * index of beginnings gives all of them.
 * @param bind takes a value and names its parameter.
 */
export function searchSql(
  { words, conditions, place, order, limit }: Search,
  bind: (value: unknown) => string,
): string {
  const patterns = words.map((word) => bind(`% ${word.replace(/[\\%_]/g, '\\$&')}%`));
  const like = (column: string) => patterns.map((pattern) => `${column} like ${pattern}`);
  const all = (...given: string[]) => (given.length > 0 ? `where ${given.join(' and ')}` : '');
  // Under names of their own: conditions name columns of the table, the one of the order among them.
  const key = order.column === undefined ? [] : ['next_key'];
  const read = [
    'customer_id as next_id',
    ...key.map((name) => `${order.column} as ${name}`),
    'search_text as next_text',
  ].join();
  const inOrder = [...key, 'next_id'].map((name) => `${name} ${order.direction}`).join();
  // In a subselect the planner does not look at the values: by them it would rather read the whole table for two words
  // of which it does not know that nobody has both.
  const beginnings = `(select ${bind([...new Set(words.map(beginningOf))])}::text[])`;
  const next = (rows: number) =>
    `(select ${read} from ${table} ${all(...place)} order by ${orderBy(order)} limit ${rows}) as next`;
  return `
    with sample as materialized (
      select from ${next(SAMPLE)} ${all(...like('next_text'))} limit 1
    ), near as materialized (
      select ${table}.* from ${next(NEAR)} join ${table} on customer_id = next_id
       ${all('exists (select from sample)', ...like('next_text'), ...conditions)} order by ${inOrder} limit ${limit}
    ), found as (
      select * from near where (select count(*) from near) = ${limit}
      union all
      (select * from ${table}
       ${all(`(select count(*) from near) < ${limit}`, `views.beginnings(search_text) @> ${beginnings}`, ...like('search_text'), ...conditions, ...place)}
        order by ${orderBy(order)} limit ${limit})
    )`;
}
