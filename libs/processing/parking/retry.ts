import type { Pool, PoolClient } from 'pg';
import type { EventStore } from '#event-store/event-store.js';
import { inTransaction } from '#platform/database/pool.js';
import { BUILDS, type Build, findBuild, processorOf } from '../builds/build.js';
import type { Projection, RecordedEvent } from '../projection.js';
import { noteUnsent } from '../states/changed-states.js';
import { type ParkedEvent, parkedEvents, parkedKeys } from './parked.js';
import { RowWriter, type Stuck } from './row-writer.js';
import { sorted } from './sorting.js';

/** What was asked of a parked key cannot be done, and why. Nothing was changed. */
export class NotRetried extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotRetried';
  }
}

export interface RetryParts {
  pool: Pool;
  store: Pick<EventStore, 'at'>;
  projections: readonly Projection<object>[];
}

/** What came of the events of a key. */
export interface Retried {
  key: string;
  /** How many were taken. */
  taken: number;
  /** How many still wait. */
  waiting: number;
  /** Why the first of those cannot be taken. */
  error: string | undefined;
}

/** Takes the events that wait under a key, as far as they can be taken now. @throws NotRetried */
export function retryParked(parts: RetryParts, processor: string, key: string): Promise<Retried> {
  return retried(parts, processor, key, async (_client, waiting) => waiting);
}

/**
 * Leaves out the event for which a key was parked, for good, and takes those behind it.
 * @param reason shown with the answers about the customer.
 * @throws NotRetried
 */
export function dropParked(parts: RetryParts, processor: string, key: string, reason: string): Promise<Retried> {
  return retried(parts, processor, key, async (client, [poisoned, ...others]) => {
    await client.query(
      `with gone as (delete from views.parked where processor = $1 and key = $2 and position = $3
                     returning processor, key, customer_id, position, event_id)
       insert into views.dropped (processor, key, customer_id, position, event_id, reason)
       select processor, key, customer_id, position, event_id, $4 from gone`,
      [processor, key, poisoned!.position, reason],
    );
    return others;
  });
}

/** One transaction: whoever feeds the view waits, and opens it again afterwards with what waits then. */
async function retried(
  { pool, store, projections }: RetryParts,
  processor: string,
  key: string,
  choose: (client: PoolClient, waiting: ParkedEvent[]) => Promise<ParkedEvent[]>,
): Promise<Retried> {
  const { projection, build } = await projectionOf(pool, processor, projections);
  const loaded = new Map<number, RecordedEvent>();
  const load = async (events: readonly ParkedEvent[]) => {
    for (const { position, eventId } of events) {
      if (!loaded.has(position)) loaded.set(position, await eventAt(store, position, eventId));
    }
  };
  // Most of it before anybody has to wait.
  await load(await parkedEvents(pool, processor, key));
  return inTransaction(pool, async (client) => {
    await client.query(
      `update views.checkpoints as c set epoch = nextval('views.epochs')
         from (select segment from views.checkpoints where processor = $1 order by segment for update) as held
        where c.processor = $1 and c.segment = held.segment`,
      [processor],
    );
    const waiting = await parkedEvents(client, processor, key);
    if (waiting.length === 0) throw new NotRetried(`Nothing is parked under ${key} in ${processor}.`);
    const chosen = await choose(client, waiting);
    await load(chosen);
    const others = await parkedKeys(client, processor);
    others.delete(key);
    const { groups, queued, stuck } = sorted(
      projection,
      chosen.map(({ position }) => loaded.get(position)!),
      others,
    );
    if (queued.length > 0)
      throw new NotRetried(`Before ${key} comes ${queued[0]![0]}, which is parked too: retry that first.`);
    const left = [...stuck, ...(await new RowWriter(projection, build).writeByHalves(client, groups))];
    await keepWaiting(client, processor, key, left);
    // Who waits is not told of, and what was dropped is told, even where no row has changed.
    const customers = [...new Set(waiting.flatMap(({ customerId }) => customerId ?? []))];
    for (const topic of (build === 'live' && projection.states?.topics) || []) {
      await noteUnsent(client, topic, customers, BigInt(waiting[0]!.position));
    }
    const still = left.reduce((sum, { events }) => sum + events.length, 0);
    return { key, taken: chosen.length - still, waiting: still, error: left[0]?.error.message };
  });
}

/** Those that could be taken wait no longer; the first of the others tells why. */
async function keepWaiting(client: PoolClient, processor: string, key: string, stuck: readonly Stuck[]): Promise<void> {
  const positions = stuck.flatMap(({ events }) => events.map(({ position }) => String(position)));
  await client.query(
    'delete from views.parked where processor = $1 and key = $2 and not position = any($3::bigint[])',
    [processor, key, positions],
  );
  for (const { key: own, events, error } of stuck) {
    await client.query(
      `update views.parked set key = $3, error = case when position = $4 then $5 end
        where processor = $1 and key = $2 and position = any($6::bigint[])`,
      [processor, key, own, String(events[0]!.position), error.message, events.map(({ position }) => String(position))],
    );
  }
}

async function projectionOf(
  pool: Pool,
  processor: string,
  projections: readonly Projection<object>[],
): Promise<{ projection: Projection<object>; build: Build }> {
  const versions = projections.filter(({ name }) => BUILDS.some((build) => processorOf(name, build) === processor));
  const name = versions[0]?.name;
  const build = BUILDS.find((build) => name !== undefined && processorOf(name, build) === processor);
  const row = name && build && (await findBuild(pool, name, build));
  if (!row) throw new NotRetried(`There is no view ${processor}.`);
  const projection = versions.find(({ version }) => version === row.version);
  if (!projection) throw new NotRetried(`${processor} is version ${row.version}, which this program does not know.`);
  return { projection, build };
}

async function eventAt(store: RetryParts['store'], position: number, eventId: string): Promise<RecordedEvent> {
  const event = (await store.at(BigInt(position))) as RecordedEvent | undefined;
  if (event?.eventId === eventId) return event;
  throw new NotRetried(`The event store has another event at position ${position} than ${eventId}.`);
}
