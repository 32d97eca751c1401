import { type EventType, idInStream, type RapportEvent } from '#contracts/events.js';
import type { RecordedEvent } from '#processing/projection.js';
import type { Customer360 } from './customer-360.table.js';

/** What a change may know of its event besides the data. */
export interface Occasion {
  /** When it happened, as rows keep instants. */
  at: string;
  /** The id of the stream: of the purchase, the complaint, the interaction. */
  id: string;
}

type DataOf<Type extends EventType> = Extract<RapportEvent, { type: Type }>['data'];

/** The row after an event; the same object when the event changes nothing that the view shows. */
export type Change<Type extends EventType> = (row: Customer360, data: DataOf<Type>, occasion: Occasion) => Customer360;

/** What one concept of the view makes of the events that it knows. */
export type Changes = { [Type in EventType]?: Change<Type> };

export function occasionOf({ streamId, metadata }: RecordedEvent): Occasion {
  return { at: instantInRow(metadata.occurredAt), id: idInStream(streamId) };
}

/**
 * An instant as rows keep it: to the millisecond, which is what comes back from PostgreSQL, and with all of its digits,
 * so that a later one is also the later text. Where rows were stored in between must not change what they become.
 */
export function instantInRow(instant: string): string {
  if (instant.length === 24) return instant;
  const bare = instant.slice(0, -1);
  return `${bare.length === 19 ? `${bare}.000` : bare.padEnd(23, '0').slice(0, 23)}Z`;
}

/** Of two values of one field the one that happened later holds; of two at once the one recorded later. */
export function isLatest({ times }: Customer360, field: string, at: string): boolean {
  const known = times[field];
  return known === undefined || at >= known;
}

/** With fields that hold since `at`, unless a later value of `field` is known. */
export function withLatest(row: Customer360, field: string, at: string, fields: Partial<Customer360>): Customer360 {
  return isLatest(row, field, at) ? { ...row, ...fields, times: { ...row.times, [field]: at } } : row;
}

/** With one more at the end; of the many only the last ones recorded are kept. */
export function appended<Item>(items: readonly Item[], item: Item, most: number): Item[] {
  return [...items.slice(Math.max(0, items.length + 1 - most)), item];
}

/** Only what is there. */
export function given<Fields extends object>(fields: Fields): Partial<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
  ) as Partial<Fields>;
}
