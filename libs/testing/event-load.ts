import { setTimeout as sleep } from 'node:timers/promises';
import { derivedId, newId } from '#contracts/ids.js';
import { type EventStore, NO_REVISION } from '#event-store/event-store.js';
import { recorded } from './recorded.js';

const EVERY_MS = 10;
/** At most so many in one append. */
const APPENDED_AT_ONCE = 50;

/** Appends events of some customers in turn at a steady rate, and knows what it appended. */
export class EventLoad {
  /** The ids of each customer's events, in order. */
  readonly appended = new Map<string, string[]>();
  count = 0;
  /** Of the last event. */
  position = 0n;
  private stopping = false;
  private running: Promise<void> | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly customers = 40,
  ) {}

  start(perSecond: number): void {
    const began = performance.now();
    const before = this.count;
    this.stopping = false;
    const run = async () => {
      while (!this.stopping) {
        const due = Math.floor(((performance.now() - began) / 1_000) * perSecond) - (this.count - before);
        if (due > 0) await this.append(Math.min(due, APPENDED_AT_ONCE));
        else await sleep(EVERY_MS);
      }
    };
    this.running = run();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
  }

  /** @param before is told the ids that are about to be appended. */
  async append(events: number, before: (ids: string[]) => void = () => {}): Promise<void> {
    const customerId = derivedId('customer', 'load', String(Math.floor(Math.random() * this.customers)));
    const known = this.appended.get(customerId) ?? [];
    const added = Array.from({ length: events }, () => {
      const { type, data, metadata } = recorded();
      const subject = { kind: 'customer' as const, id: customerId };
      return { eventId: newId(), event: { type, data }, metadata: { ...metadata, customerId, subject } };
    });
    const expected = known.length === 0 ? NO_REVISION : known.length - 1;
    const ids = added.map(({ eventId }) => eventId);
    before(ids);
    const { position } = await this.store.append(`loyalty-${customerId}`, expected, added);
    this.appended.set(customerId, [...known, ...ids]);
    this.count += events;
    this.position = BigInt(position);
  }
}
