import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One narrow row a customer, for lists, search and look-ups by phone: what they are found by, and what a list shows. */
@Entity({ schema: 'views', name: 'customer_list' })
export class CustomerListed {
  @PrimaryColumn('uuid') customerId!: string;
  @Column('text', { nullable: true }) name!: string | null;
  /** `facet:value` for everything that a list is filtered by exactly: `customerStage:active`, `country:VN`. */
  @Column('text', { array: true }) facets!: string[];
  /** Names and e-mail addresses as they are compared: see `search-text.ts`. */
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

/** What TypeORM's decorators cannot say. Facets and texts are found by GIN, ranges and orders by B-trees. */
export function customerListIndexes(table: string): string[] {
  return [
    'create extension if not exists pg_trgm',
    `create index on ${table} using gin (facets)`,
    `create index on ${table} using gin (search_text gin_trgm_ops)`,
    `create index on ${table} using gin (phones)`,
    `create index on ${table} (value, customer_id)`,
    `create index on ${table} (acquired_at, customer_id)`,
    `create index on ${table} (last_purchase_at, customer_id)`,
  ];
}
