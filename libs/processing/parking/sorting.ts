import type { Projection, RecordedEvent } from '../projection.js';
import { hasUnkeyed, unkeyed } from './parked.js';
import type { KeyedEvents, Stuck } from './row-writer.js';

/** The events of a batch, by what is to be done with them. */
export interface Sorted {
  groups: KeyedEvents[];
  /** They wait behind others of their keys. */
  queued: KeyedEvents[];
  /** Not even their keys can be told. */
  stuck: Stuck[];
}

/** Sorts the events of a batch by key. */
export function sorted(
  projection: Pick<Projection<object>, 'key'>,
  events: readonly RecordedEvent[],
  parked: ReadonlySet<string>,
): Sorted {
  const groups = new Map<string, RecordedEvent[]>();
  const queued = new Map<string, RecordedEvent[]>();
  const stuck = new Map<string, Stuck>();
  let someUnkeyed = hasUnkeyed(parked);
  for (const event of events) {
    if (someUnkeyed) {
      const owner = unkeyed(event);
      const before = stuck.get(owner)?.events ?? (parked.has(owner) ? listIn(queued, owner) : undefined);
      if (before) {
        before.push(event);
        continue;
      }
    }
    try {
      const key = projection.key(event);
      if (key === undefined) continue;
      listIn(parked.has(key) ? queued : groups, key).push(event);
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      stuck.set(unkeyed(event), { key: unkeyed(event), events: [event], error });
      someUnkeyed = true;
    }
  }
  return { groups: [...groups], queued: [...queued], stuck: [...stuck.values()] };
}

function listIn(lists: Map<string, RecordedEvent[]>, key: string): RecordedEvent[] {
  let list = lists.get(key);
  if (!list) {
    list = [];
    lists.set(key, list);
  }
  return list;
}
