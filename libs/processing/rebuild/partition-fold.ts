import type { Recorded } from '#contracts/envelope.js';
import { HistoryBatch } from '#event-store/history-batch.js';
import type { Projection, RecordedEvent } from '../projection.js';
import { bytesOf, framesIn, type StoredFrames } from './partition.js';
import { byHash, Partitions } from './partitions.js';
import type { PoisonedKeys } from './poisoned-keys.js';

/** Where the rows of a projection go. */
export interface RowSink {
  /** Returns when it takes more. */
  write(rows: object[]): Promise<void>;
}

/** How a history is folded. */
export interface FoldSize {
  /** Up to so many events it is done before a thread has loaded its program. */
  alone: number;
  /** Into how many partitions the keys of a view are divided. */
  partitions: number;
  /** Bytes of each partition that are kept until they are written to a file. */
  memory: number;
  /** Bytes beyond which a partition is divided again before it is folded: its rows take a few times as much. */
  largest: number;
}

/** So many rows are handed on at once. */
const EMITTED = 2_000;

/** Folds the events of one view into rows, some partitions after the others, so that the rows of those fit in memory. */
export class PartitionFold {
  constructor(
    private readonly projection: Projection<object>,
    private readonly sink: RowSink,
    private readonly poisoned: PoisonedKeys,
    private readonly size: FoldSize,
    /** Opens what is personal in events. */
    private readonly open: (events: Recorded[]) => Promise<void>,
  ) {}

  /**
   * Writes the rows of some partitions, each once.
   * @param partitions all events of their keys. @param division how often they were divided.
   * @throws ForeignEvent, NewerVersion, NotRebuilt
   */
  async fold(partitions: readonly StoredFrames[], division = 1): Promise<void> {
    if (bytesOf(partitions) > this.size.largest && (await this.foldInParts(partitions, division + 1))) return;
    const rows = new Map<string, object>();
    for (const slab of framesIn(partitions)) {
      await this.foldSlab(rows, new HistoryBatch(slab).events as RecordedEvent[]);
    }
    const all = [...rows.values()];
    for (let at = 0; at < all.length; at += EMITTED) await this.sink.write(all.slice(at, at + EMITTED));
  }

  /** Whether it has been folded: with one key alone, which may have any number of events, there are no parts. */
  private async foldInParts(partitions: readonly StoredFrames[], division: number): Promise<boolean> {
    const parts = new Partitions(byHash(this.size.partitions, division), this.size.memory);
    try {
      for (const slab of framesIn(partitions)) {
        const batch = new HistoryBatch(slab);
        const events = batch.unread as Recorded[] as RecordedEvent[];
        for (const [index, event] of events.entries()) parts.add(this.projection.key(event)!, batch.frame(index));
      }
      const stored = parts.stored();
      if (stored.length === 1) return false;
      for (const part of stored) await this.fold([part], division);
      return true;
    } finally {
      parts.close();
    }
  }

  private async foldSlab(rows: Map<string, object>, events: RecordedEvent[]): Promise<void> {
    // Before anything is opened, as it was when they were divided.
    const keys = events.map((event) => this.projection.key(event)!);
    await this.open(events);
    for (const [index, event] of events.entries()) this.foldInto(rows, keys[index]!, event);
  }

  private foldInto(rows: Map<string, object>, key: string, event: RecordedEvent): void {
    if (this.poisoned.any && this.poisoned.queues(key, event)) return;
    const before = rows.get(key);
    try {
      const after = this.projection.evolve(before, event);
      if (after === undefined) rows.delete(key);
      else if (after !== before) rows.set(key, after);
    } catch (error) {
      this.poisoned.poison(key, event, error);
    }
  }
}
