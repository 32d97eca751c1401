import { LRUCache } from 'lru-cache';
import type { EventStore } from '#event-store/event-store.js';
import type { Position } from '../processor.js';
import type { Lag } from './processor-health.js';

/** How many positions are remembered: more than processors stand at. */
const REMEMBERED = 500;

/** Looks up what a processor that stands somewhere has not stored yet. What follows on a position never changes. */
export class OldestWaiting {
  private readonly known = new LRUCache<string, number>({ max: REMEMBERED });
  /** Many segments stand at one position: whoever asks meanwhile shares the answer. */
  private readonly asked = new Map<string, Promise<number | undefined>>();

  constructor(private readonly store: Pick<EventStore, 'firstAfter'>) {}

  /** @param head the position of the last event. */
  async lagOf(position: Position, head: Position): Promise<Lag> {
    const positions = Math.max(0, Number((head ?? 0n) - (position ?? 0n)));
    const isBehind = head !== undefined && (position === undefined || position < head);
    return { positions, since: isBehind ? await this.recordedAfter(position) : undefined };
  }

  private recordedAfter(position: Position): Promise<number | undefined> | number {
    const key = String(position);
    const known = this.known.get(key) ?? this.asked.get(key);
    if (known !== undefined) return known;
    const asked = this.ask(key, position).finally(() => this.asked.delete(key));
    this.asked.set(key, asked);
    return asked;
  }

  private async ask(key: string, position: Position): Promise<number | undefined> {
    const first = await this.store.firstAfter(position);
    if (!first) return undefined;
    const recordedAt = Date.parse(first.recordedAt);
    this.known.set(key, recordedAt);
    return recordedAt;
  }
}
