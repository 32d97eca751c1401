import type { EventStore } from '#event-store/event-store.js';
import type { Projection, RecordedEvent } from '../projection.js';
import type { PoisonedKey } from './poisoned-keys.js';

export interface RefusingView {
  projection: Projection<object>;
  /** Keys, and what PostgreSQL says of their rows. */
  refused: ReadonlyMap<string, string>;
  /** Positions of events whose keys could not be told: they wait already. */
  unkeyed: ReadonlySet<bigint>;
}

/**
 * Rows that PostgreSQL refused were folded without an error, so nobody remembers their events: they are looked for in a
 * second read, which is as rare as such rows are. Which event it is cannot be told, so all of them queue.
 */
export async function refusedKeys(
  views: readonly RefusingView[],
  store: Pick<EventStore, 'history'>,
  through: bigint | undefined,
): Promise<Map<string, PoisonedKey>[]> {
  const found = views.map(() => new Map<string, PoisonedKey>());
  if (views.every(({ refused }) => refused.size === 0)) return found;
  for await (const { events } of store.history()) {
    for (const event of events as RecordedEvent[]) {
      if (through === undefined || event.position > through) return found;
      const { position, eventId, metadata } = event;
      for (const [index, { projection, refused, unkeyed }] of views.entries()) {
        if (unkeyed.has(position)) continue;
        const key = projection.key(event);
        const error = key === undefined ? undefined : refused.get(key);
        if (key === undefined || error === undefined) continue;
        const known = found[index]!.get(key);
        if (known) known.events.push({ position, eventId });
        else found[index]!.set(key, { key, customerId: metadata.customerId, events: [{ position, eventId }], error });
      }
    }
  }
  return found;
}
