import type { StateScope, StatesRead } from '#processing/states/state-topic.js';
import { mergedCustomers } from '../merge-group/merge-group.query.js';
import type { Read } from '../view-reader.js';

/** What every row tells of the snapshot and of the customer that was asked for. */
export interface AskedRow {
  $asked: string;
  /** In whom the customer lives on; null: in itself. */
  $survivor: string | null;
  $parked: boolean;
  $through: number | null;
  $builds: string | null;
}

/**
 * SQL of a table `asked (id, n, survivor, ids)` of the customers in $1, those in whom they live on too where $2 says
 * so: n counts them, ids are the customer's own and those of all who live on in it.
 */
export const ASKED_SQL = `
  wanted as (
    select id from unnest($1::uuid[]) as id
    union
    select survivor_id from ${mergedCustomers} where $2::boolean and customer_id = any($1)),
  asked as (
    select id, row_number() over () as n,
           (select survivor_id from ${mergedCustomers} where customer_id = id) as survivor,
           array(select id union all select customer_id from ${mergedCustomers} where survivor_id = id) as ids
      from wanted)`;

/** SQL for the columns of `AskedRow`; the names of the views come in as $3. */
export const ASKED_COLUMNS_SQL = `
  asked.id as "$asked", asked.survivor as "$survivor",
  exists (select from views.parked
           where processor = any($3::text[])
             and (customer_id = any(asked.ids) or key = any(asked.ids::text[]))) as "$parked",
  (select max(position) from views.checkpoints where processor = any($3)) as "$through",
  (select string_agg(projection || ' ' || created_at::text, ',' order by projection) from views.builds
    where build = 'live' and projection = any($3)) as "$builds"`;

/** The values of the parameters. */
export function askedValues(customers: readonly string[], scope: StateScope, views: readonly string[]): unknown[] {
  return [customers, scope === 'with survivors', views];
}

/**
 * The states that rows come to.
 * @param stateOf the rows of a customer who is not absorbed, at least one; undefined: nothing can be told yet.
 */
export function statesOf<Row extends AskedRow>(
  { position, rows }: Read<Row>,
  stateOf: (rows: Row[]) => object | null | undefined,
): StatesRead {
  const byCustomer = new Map<string, Row[]>();
  for (const row of rows) {
    const known = byCustomer.get(row.$asked);
    if (known) known.push(row);
    else byCustomer.set(row.$asked, [row]);
  }
  const states = new Map<string, object | null>();
  const parked: string[] = [];
  for (const [customerId, ofCustomer] of byCustomer) {
    const { $survivor, $parked } = ofCustomer[0]!;
    if ($parked) parked.push(customerId);
    else {
      const state = $survivor === null ? stateOf(ofCustomer) : null;
      if (state !== undefined) states.set(customerId, state);
    }
  }
  const { $through: through = null, $builds: builds = null } = rows[0] ?? {};
  return { position, through: through === null ? undefined : BigInt(through), builds: builds ?? '', states, parked };
}
