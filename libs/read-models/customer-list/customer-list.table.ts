import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BEGINNINGS } from './search-text.js';

/** One narrow row a customer, for lists, search and look-ups by phone: what they are found by, and what a list shows. */
@Entity({ schema: 'views', name: 'customer_list' })
export class CustomerListed {
  @PrimaryColumn('uuid') customerId!: string;
  @Column('text', { nullable: true }) name!: string | null;
  /** `facet:value` for everything that a list is filtered by exactly: `customerStage:active`, `country:VN`. */
  @Column('text', { array: true }) facets!: string[];
  /** The words of names and e-mail addresses as they are compared: see `search-text.ts`. */
  @Column('text') searchText!: string;
  /** In E.164, and the digits of what was given. */
  @Column('text', { array: true }) phones!: string[];
  @Column('date', { nullable: true }) birthDate!: string | null;
  @Column('timestamptz', { nullable: true }) acquiredAt!: string | null;
  @Column('timestamptz', { nullable: true }) lastPurchaseAt!: string | null;
  /** Of the currency in which most was bought; in minor units. */
  @Column('bigint') value!: number;
  @Column('text', { nullable: true }) currency!: string | null;
  @Column('int') openComplaints!: number;
}

/**
 * What TypeORM's decorators cannot say. One GIN index finds by words, by facets, and by both at once; B-trees find ranges
 * and orders, and hold the texts, in which a search looks for words that many have.
 */
export function customerListIndexes(table: string): string[] {
  return [
    // What an index is made by must not change: other beginnings are a function of another name. Loops, because a query in
    // it would be started anew for every row, which takes longer than all the rest of indexing.
    `create or replace function views.beginnings(words text) returns text[] language plpgsql immutable strict parallel safe
       as $$
       declare
         word text;
         characters int;
         found text[] := '{}';
       begin
         foreach word in array string_to_array(words, ' ') loop
           foreach characters in array array[${BEGINNINGS.join()}] loop
             exit when characters > length(word);
             found := array_append(found, left(word, characters));
           end loop;
         end loop;
         return found;
       end $$`,
    // What was added last is looked through one by one: little of it, so that nobody waits for it.
    `create index on ${table} using gin (views.beginnings(search_text), facets) with (gin_pending_list_limit = 256)`,
    `create index on ${table} using gin (phones)`,
    `create index on ${table} (birth_date) where birth_date is not null`,
    `create index on ${table} (currency)`,
    `create index on ${table} (open_complaints) where open_complaints > 0`,
    ...['', 'value, ', 'acquired_at, ', 'last_purchase_at, '].map(
      (order) => `create index on ${table} (${order}customer_id) include (search_text)`,
    ),
  ];
}
