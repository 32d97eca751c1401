import type { ClientBase, Pool } from 'pg';
import type { StateSource } from '../projection.js';
import { requestBootstrap } from './bootstraps.js';

/** The message of a customer on a state topic has to be sent again: the last of the events that it
 * follows from stands at `position`. */
export interface ChangedState {
  customerId: string;
  position: bigint;
  /** Another one as soon as anybody has noted a change again. */
  mark: string;
}

/** What a batch changes for the state topics, to be stored in its transaction. */
export class StateChanges<Row extends object> {
  private readonly positions = new Map<string, Map<string, bigint>>();
  private readonly ofEveryone = new Set<string>();

  constructor(private readonly source: StateSource<Row>) {}

  /** @param position of the last event of the row that the batch holds. */
  note(before: Row | undefined, after: Row | undefined, position: bigint): void {
    for (const { topic, customerId } of this.source.changed(before, after)) {
      if (customerId === undefined) this.ofEveryone.add(topic);
      else this.noteCustomer(topic, customerId, position);
    }
  }

  /**
   * Once in a transaction, and by one statement: rows are locked in order, as by everybody who locks several and waits.
   */
  async store(client: ClientBase): Promise<void> {
    if (this.ofEveryone.size > 0) await requestBootstrap(client, [...this.ofEveryone]);
    const all = [...this.positions].flatMap(([topic, customers]) =>
      [...customers].map(([customerId, position]) => ({ topic, customerId, position: String(position) })),
    );
    if (all.length === 0) return;
    await client.query({
      name: 'note changed states',
      text: `insert into views.changed_state as known (topic, customer_id, position)
             select topic, customer_id, position
               from unnest($1::text[], $2::uuid[], $3::bigint[]) as changed (topic, customer_id, position)
              order by topic, customer_id
             on conflict (topic, customer_id) do update set position = greatest(known.position, excluded.position)`,
      values: [
        all.map(({ topic }) => topic),
        all.map(({ customerId }) => customerId),
        all.map(({ position }) => position),
      ],
    });
  }

  private noteCustomer(topic: string, customerId: string, position: bigint): void {
    let customers = this.positions.get(topic);
    if (!customers) {
      customers = new Map();
      this.positions.set(topic, customers);
    }
    if (position > (customers.get(customerId) ?? -1n)) customers.set(customerId, position);
  }
}

/** The next ones of a topic that have to be sent, by customer. */
export async function changedStates(
  pool: Pool,
  topic: string,
  after: string | undefined,
  limit: number,
): Promise<ChangedState[]> {
  const { rows } = await pool.query<{ customerId: string; position: number; mark: string }>({
    name: 'changed states',
    text: `select customer_id as "customerId", position, xmin::text as mark from views.changed_state
            where topic = $1 and ($2::uuid is null or customer_id > $2) order by customer_id limit $3`,
    values: [topic, after ?? null, limit],
  });
  return rows.map(({ position, ...row }) => ({ ...row, position: BigInt(position) }));
}

/** They were sent. What has changed again meanwhile, or is just being changed, stays. */
export async function forgetChanged(pool: Pool, topic: string, sent: readonly ChangedState[]): Promise<void> {
  await pool.query({
    name: 'forget changed states',
    text: `with gone as (
             select known.customer_id from views.changed_state as known
               join unnest($2::uuid[], $3::text[]) as sent (customer_id, mark) using (customer_id)
              where known.topic = $1 and known.xmin::text = sent.mark
                for update of known skip locked)
           delete from views.changed_state as known using gone
            where known.topic = $1 and known.customer_id = gone.customer_id`,
    values: [topic, sent.map(({ customerId }) => customerId), sent.map(({ mark }) => mark)],
  });
}

/** For whom nothing can be told at present: they are looked at again whenever anything moves. */
export async function noteUnsent(
  client: ClientBase | Pool,
  topic: string,
  customers: readonly string[],
  at: bigint,
): Promise<void> {
  await client.query(
    `insert into views.changed_state (topic, customer_id, position)
     select $1, customer_id, $3 from unnest($2::uuid[]) as customer_id order by customer_id
     on conflict (topic, customer_id) do nothing`,
    [topic, customers, String(at)],
  );
}
