import type { ClientBase, Pool } from 'pg';
import { ProcessorStopped } from '../processor.js';
import type { RecordedEvent } from '../projection.js';
import type { Stuck } from './row-writer.js';

/** An event that waits: the first one of a key for a reason of its own, the others because they follow it. */
export interface ParkedEvent {
  key: string;
  customerId: string | null;
  position: number;
  eventId: string;
  /** null: it only queues. */
  error: string | null;
  parkedAt: string;
}

/** More keys than these in a minute are no fault of their events. */
const MOST_IN_A_MINUTE = 20;
const LONGEST_ERROR = 1_000;
/** A key for events of which not even the key can be told; no key of a row looks like it. */
const UNKEYED = '?';

/** What parks together where the key cannot be told: the events of one customer, or of one stream. */
export function unkeyed({ metadata, streamId }: RecordedEvent): string {
  return `${UNKEYED}${metadata.customerId ?? streamId}`;
}

/** The parked keys of a processor. */
export async function parkedKeys(client: ClientBase | Pool, processor: string): Promise<Set<string>> {
  const { rows } = await client.query<{ key: string }>('select distinct key from views.parked where processor = $1', [
    processor,
  ]);
  return new Set(rows.map(({ key }) => key));
}

/** Whether any of them was parked because its key could not be told. */
export function hasUnkeyed(keys: ReadonlySet<string>): boolean {
  for (const key of keys) if (key.startsWith(UNKEYED)) return true;
  return false;
}

/** The events that wait under a key, in order; of every key of the processor where none is given. */
export async function parkedEvents(client: ClientBase | Pool, processor: string, key?: string): Promise<ParkedEvent[]> {
  const { rows } = await client.query<ParkedEvent>(
    `select key, customer_id as "customerId", position, event_id as "eventId", error, parked_at as "parkedAt"
       from views.parked where processor = $1 and ($2::text is null or key = $2) order by key, position`,
    [processor, key ?? null],
  );
  return rows;
}

/** Parks what is stuck, in the transaction that moves the checkpoint past it. */
export async function park(client: ClientBase, processor: string, stuck: readonly Stuck[]): Promise<void> {
  for (const { key, events, error } of stuck) await store(client, processor, key, events, error);
}

/** Lets an event wait behind the one that its key was parked for. */
export function queue(client: ClientBase, processor: string, key: string, events: RecordedEvent[]): Promise<void> {
  return store(client, processor, key, events, null);
}

/**
 * A processor that parks more than a few is broken itself, or its database is.
 * @throws ProcessorStopped; the transaction must not be committed.
 */
export async function ensureFewParked(client: ClientBase, processor: string): Promise<void> {
  const { rows } = await client.query<{ parked: number; error: string }>(
    `select count(*) as parked, (array_agg(error order by parked_at, position))[1] as error
       from views.parked where processor = $1 and error is not null and parked_at > now() - interval '1 minute'`,
    [processor],
  );
  const { parked, error } = rows[0]!;
  if (parked <= MOST_IN_A_MINUTE) return;
  throw new ProcessorStopped(
    `${processor} could not take the events of ${parked} keys within a minute, which is no fault of theirs: mend the ` +
      `projection, or the database, and start the worker again. The first error was: ${error}`,
  );
}

async function store(
  client: ClientBase,
  processor: string,
  key: string,
  events: readonly RecordedEvent[],
  error: Error | null,
): Promise<void> {
  await client.query(
    `insert into views.parked (processor, key, customer_id, position, event_id, error)
     select $1, $2, customer_id, position, event_id, case when n = 1 then $6 end
       from unnest($3::uuid[], $4::bigint[], $5::uuid[]) with ordinality as e (customer_id, position, event_id, n)`,
    [
      processor,
      key,
      events.map(({ metadata }) => metadata.customerId ?? null),
      events.map(({ position }) => String(position)),
      events.map(({ eventId }) => eventId),
      error && (error.message || error.name).slice(0, LONGEST_ERROR),
    ],
  );
}
