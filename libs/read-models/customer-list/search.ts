import { RowTable } from '#processing/row-table.js';
import { CustomerListed } from './customer-list.table.js';
import { beginningOf } from './search-text.js';

/** What a page of a search is made of: SQL conditions, each about columns of the table. */
export interface Search {
  /** As they are compared; at least one. */
  words: string[];
  /** What else has to hold. */
  conditions: string[];
  /** Where the page begins. */
  place: string[];
  orderBy: string;
  /** Whether the rows stand in the order of their ids, of which an index holds the texts too. */
  isById: boolean;
  /** How many rows are wanted. */
  limit: number;
}

/** How many rows are looked at in the page's order before the index of beginnings is asked; where each is fetched, fewer. */
const NEAR_BY_ID = 4_000;
const NEAR = 2_000;

const { name: table } = new RowTable(CustomerListed);

/**
 * SQL that makes `found` of the rows that a page needs. No index gives the first of many matches in an order, so there
 * are two ways, each of a bounded length. Words that many have are found among the next rows of the order. Whatever is
 * not found there often enough has few matches: the index of beginnings gives all of them.
 * @param bind takes a value and names its parameter.
 */
export function searchSql(
  { words, conditions, place, orderBy, isById, limit }: Search,
  bind: (value: unknown) => string,
): string {
  const patterns = words.map((word) => bind(`% ${word.replace(/[\\%_]/g, '\\$&')}%`));
  const like = (column: string) => patterns.map((pattern) => `${column} like ${pattern}`);
  const all = (...given: string[]) => (given.length > 0 ? `where ${given.join(' and ')}` : '');
  // In a subselect the planner does not look at the values: by them it would rather read the whole table for two words
  // of which it does not know that nobody has both.
  const beginnings = `(select ${bind([...new Set(words.map(beginningOf))])}::text[])`;
  return `
    with near as materialized (
      select ${table}.* from (select customer_id, search_text from ${table} ${all(...place)}
                               order by ${orderBy} limit ${isById ? NEAR_BY_ID : NEAR}) as next
        join ${table} using (customer_id)
       ${all(...like('next.search_text'), ...conditions)} order by ${orderBy} limit ${limit}
    ), far as materialized (
      select ${table}.* from ${table}
       ${all(`(select count(*) from near) < ${limit}`, `views.beginnings(search_text) @> ${beginnings}`, ...like('search_text'), ...conditions, ...place)}
    ), found as (
      select * from near where (select count(*) from near) = ${limit} union all select * from far
    )`;
}
