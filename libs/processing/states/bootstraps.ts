import type { ClientBase, Pool } from 'pg';
import { CHECKPOINT_CHANNEL } from '../checkpoints.js';

/** Under this name those who listen for checkpoints hear of it. */
export const BOOTSTRAP_REQUESTED = 'state_bootstrap';

/** A walk through all customers that sends the message of each on a state topic. */
export interface Bootstrap {
  topic: string;
  /** The last one whose message was sent; null: none yet. */
  after: string | null;
  /** Which request it is. */
  requestedAt: string;
}

/** Has the message of every customer sent on some state topics; where that is under way already, from the beginning. */
export async function requestBootstrap(client: ClientBase | Pool, topics: readonly string[]): Promise<void> {
  if (topics.length === 0) return;
  await client.query(
    `insert into views.state_bootstrap (topic) select unnest($1::text[]) as topic order by topic
     on conflict (topic) do update set after_customer = null, requested_at = clock_timestamp()`,
    [topics],
  );
  await client.query(`select pg_notify('${CHECKPOINT_CHANNEL}', '${BOOTSTRAP_REQUESTED}')`);
}

/** Those that are under way. */
export async function findBootstraps(pool: Pool): Promise<Bootstrap[]> {
  const { rows } = await pool.query<Bootstrap>(
    `select topic, after_customer as after, requested_at::text as "requestedAt" from views.state_bootstrap order by topic`,
  );
  return rows;
}

/** So far it has come; undefined: to the end. Nothing changes where it was requested again meanwhile. */
export async function moveBootstrap(
  pool: Pool,
  { topic, requestedAt }: Bootstrap,
  after: string | undefined,
): Promise<void> {
  await pool.query(
    after === undefined
      ? 'delete from views.state_bootstrap where topic = $1 and requested_at = $2::timestamptz'
      : 'update views.state_bootstrap set after_customer = $3 where topic = $1 and requested_at = $2::timestamptz',
    after === undefined ? [topic, requestedAt] : [topic, requestedAt, after],
  );
}
