import type { ClientBase, Pool } from 'pg';
import type { EventStore } from '#event-store/event-store.js';
import { type Position, ProcessorStopped } from './processor.js';

/** Where checkpoints stand: those of views beside what is derived, the others beside what is not. */
export type CheckpointSchema = 'views' | 'ops';

/** What to do where this store shall take the place of the other one for good. */
const BEGIN_AGAIN: Record<CheckpointSchema, string> = {
  views: 'drop schema views, which is made again from the events',
  ops: 'delete the rows of ops.checkpoints, and nothing else of schema ops: it holds the keys of personal data',
};

/** A checkpoint was made from another history than the one that the event store holds. */
export class OtherHistory extends ProcessorStopped {
  constructor(message: string) {
    super(message);
    this.name = 'OtherHistory';
  }
}

/** Of another store. @param storeId of the one that is connected; undefined: it has none yet. */
export function ofOtherStore(schema: CheckpointSchema, processor: string, made: string, storeId: string | undefined) {
  return new OtherHistory(
    `The checkpoint of ${processor} belongs to event store ${made}, but this is ${storeId ?? 'a new one'}. ` +
      `Point EVENTSTORE_URL at the store it was made from; or, to begin again with this one, ${BEGIN_AGAIN[schema]}.`,
  );
}

/** Of a store that was longer. */
export function beyondEnd(schema: CheckpointSchema, processor: string, position: number | bigint, end: Position) {
  return new OtherHistory(
    `The checkpoint of ${processor} (${position}) lies beyond the end of the event store (${end ?? 'empty'}): the store ` +
      `lost events or was replaced. Restore it; or, to begin again with what it holds, ${BEGIN_AGAIN[schema]}.`,
  );
}

/**
 * Finds out whether checkpoints are of the store that is connected.
 * @param processors whose; left out: all that there are.
 * @throws OtherHistory
 */
export async function ensureOfStore(
  client: ClientBase | Pool,
  store: Pick<EventStore, 'existingStoreId' | 'end'>,
  processors?: readonly string[],
): Promise<void> {
  const { rows } = await client.query<{
    schema: CheckpointSchema;
    processor: string;
    storeId: string;
    position: number | null;
  }>(
    `select 'views' as schema, processor, store_id as "storeId", position from views.checkpoints
      where store_id is not null and ($1::text[] is null or processor = any($1))
     union all
     select 'ops', processor, store_id, position from ops.checkpoints where $1::text[] is null or processor = any($1)`,
    [processors ?? null],
  );
  if (rows.length === 0) return;
  // Afterwards: what was stored meanwhile would look like it.
  const [storeId, end] = await Promise.all([store.existingStoreId(), store.end()]);
  for (const { schema, processor, storeId: made, position } of rows) {
    if (made !== storeId) throw ofOtherStore(schema, processor, made, storeId);
    if (position !== null && BigInt(position) > (end ?? -1n)) throw beyondEnd(schema, processor, position, end);
  }
}

/** Why checkpoints are not of the store that is connected; undefined: all of them are. */
export async function otherHistory(
  client: ClientBase | Pool,
  store: Pick<EventStore, 'existingStoreId' | 'end'>,
): Promise<OtherHistory | undefined> {
  try {
    await ensureOfStore(client, store);
    return undefined;
  } catch (error) {
    if (error instanceof OtherHistory) return error;
    throw error;
  }
}
