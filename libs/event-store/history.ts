import type { Recorded } from '#contracts/envelope.js';
import type { EventStore } from './event-store.js';

export interface HistoryRange {
  /** The position after which to start; undefined from the beginning. */
  after?: bigint;
  /** The last position to be read; left out: the last event there is when reading begins. */
  through?: bigint;
  /** Which events are wanted; what is personal in them is sealed as yet. Left out: all. */
  selects?(event: Recorded): boolean;
}

/** Some of the history, in order. */
export interface HistoryPart {
  /** May be none, where nothing was wanted so far. */
  events: Recorded[];
  /** Up to where everything has been looked at. */
  position: bigint;
}

/**
 * The events of a part of the history that are wanted, with what is personal opened: from the beginning or after a
 * position, to what was its end when reading began. Read as fast as it is taken, and no faster.
 */
export async function* readHistory(
  store: Pick<EventStore, 'head' | 'history' | 'open'>,
  { after, through, selects = () => true }: HistoryRange = {},
): AsyncGenerator<HistoryPart> {
  const head = await store.head();
  if (head === undefined) return;
  const end = through !== undefined && through < head ? through : head;
  if (after !== undefined && after >= end) return;
  for await (const batch of store.history(after)) {
    const within = batch.events.filter(({ position }) => position <= end);
    const events = within.filter(selects);
    await store.open(events);
    const last = within.at(-1);
    if (last) yield { events, position: last.position };
    if ((batch.events.at(-1)?.position ?? -1n) >= end) return;
  }
}
