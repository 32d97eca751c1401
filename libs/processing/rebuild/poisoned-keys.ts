import type { RecordedEvent } from '../projection.js';
import { MOST_PARKED, tooManyParked } from './not-rebuilt.js';

/** An event that a row could not be folded over: the row stands as it was before, and later events of it queue. */
export interface PoisonedKey {
  key: string;
  customerId: string | undefined;
  /** The poisoned event first. */
  events: { position: bigint; eventId: string }[];
  error: string;
}

/** The keys of one view that are parked from an event on. */
export class PoisonedKeys {
  private readonly keys = new Map<string, PoisonedKey>();

  constructor(private readonly projection: string) {}

  get any(): boolean {
    return this.keys.size > 0;
  }

  /** @throws NotRebuilt where it is not one of a few */
  poison(key: string, { position, eventId, metadata: { customerId } }: RecordedEvent, error: unknown): void {
    const told = error instanceof Error ? error.message : String(error);
    this.keys.set(key, { key, customerId, events: [{ position, eventId }], error: told });
    if (this.keys.size > MOST_PARKED) throw tooManyParked(this.projection, earliest(this.all()));
  }

  /** Lets an event wait where its key is parked: whether it does. */
  queues(key: string, { position, eventId }: Pick<RecordedEvent, 'position' | 'eventId'>): boolean {
    const poisoned = this.keys.get(key);
    poisoned?.events.push({ position, eventId });
    return poisoned !== undefined;
  }

  all(): PoisonedKey[] {
    return [...this.keys.values()];
  }
}

/** As what is told of them all. @param keys at least one */
export function earliest(keys: readonly PoisonedKey[]): { key: string; error: string; position: bigint } {
  const [first] = keys
    .map(({ key, error, events }) => ({ key, error, position: events[0]!.position }))
    .sort((a, b) => (a.position < b.position ? -1 : 1));
  return first!;
}
