import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One narrow row a customer, for lists, search and look-ups by phone: what they are found by, and what a list shows. */
@Entity({ schema: 'views', name: 'customer_list_v1' })
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
export const customerListIndexes = [
  'create extension if not exists pg_trgm',
  'create index if not exists customer_list_v1_facets on views.customer_list_v1 using gin (facets)',
  'create index if not exists customer_list_v1_search on views.customer_list_v1 using gin (search_text gin_trgm_ops)',
  'create index if not exists customer_list_v1_phones on views.customer_list_v1 using gin (phones)',
  'create index if not exists customer_list_v1_value on views.customer_list_v1 (value, customer_id)',
  'create index if not exists customer_list_v1_acquired on views.customer_list_v1 (acquired_at, customer_id)',
  'create index if not exists customer_list_v1_last_purchase on views.customer_list_v1 (last_purchase_at, customer_id)',
];
