import type { Recorded } from '#contracts/envelope.js';
import type { EventStore } from '#event-store/event-store.js';
import type { HistoryBatch } from '#event-store/history-batch.js';
import type { UnreadEvent } from '#event-store/unread-event.js';
import { unkeyed } from '../parking/parked.js';
import type { Projection, RecordedEvent } from '../projection.js';
import { Aggregation, type FoldBudget, type PoisonedKey, poisonedBy } from './aggregation.js';

/** Where the rows of a projection go. */
export interface RowSink {
  /** Returns when it takes more. */
  write(rows: object[]): Promise<void>;
}

export interface Folding {
  projection: Projection<object>;
  sink: RowSink;
}

export interface HistoryRead {
  events: number;
  /** Of the last event that was read; undefined in an empty store. */
  position: bigint | undefined;
}

/** What is made of the history for one projection, one batch after the other. */
interface Fold {
  /** Takes what needs no opening; answers which of the events have to be whole and open for it. */
  prepare(batch: HistoryBatch): Recorded[];
  take(batch: HistoryBatch): Promise<void> | undefined;
  finish(): Promise<void>;
  close(): void;
  readonly poisoned: ReadonlyMap<string, PoisonedKey>;
}

/** Reads the history once, and folds it into the rows of any number of projections. */
export class HistoryFold {
  private readonly folds: Fold[];

  constructor(
    private readonly store: Pick<EventStore, 'history' | 'open'>,
    foldings: readonly Folding[],
    { bytes, partitions }: FoldBudget,
  ) {
    const open = (events: Recorded[]) => store.open(events);
    // Those that only append hold nothing.
    const share = bytes / Math.max(1, foldings.filter(({ projection }) => !projection.appendOnly).length);
    this.folds = foldings.map((folding) =>
      folding.projection.appendOnly ? new Appending(folding) : new Keyed(folding, { bytes: share, partitions }, open),
    );
  }

  /**
   * Reads everything, from the beginning to where the store ends now.
   * @param tell is told after each batch how far the reading has come.
   */
  async read(tell: (progress: HistoryRead) => void): Promise<HistoryRead> {
    const progress: HistoryRead = { events: 0, position: undefined };
    for await (const batch of this.store.history()) {
      await this.takeIn(batch);
      progress.events += batch.unread.length;
      progress.position = batch.unread.at(-1)?.position ?? progress.position;
      tell(progress);
    }
    return progress;
  }

  /** Writes what was folded. */
  async write(): Promise<void> {
    await Promise.all(this.folds.map((fold) => fold.finish()));
  }

  close(): void {
    for (const fold of this.folds) fold.close();
  }

  /** The keys that could not be folded, of each projection in the order given. */
  get poisoned(): ReadonlyMap<string, PoisonedKey>[] {
    return this.folds.map((fold) => fold.poisoned);
  }

  private async takeIn(batch: HistoryBatch): Promise<void> {
    const wanted = this.folds.map((fold) => fold.prepare(batch));
    const opened = wanted.length === 1 ? wanted[0]! : [...new Set(wanted.flat())];
    await this.store.open(opened);
    for (const fold of this.folds) {
      const isWritten = fold.take(batch);
      if (isWritten) await isWritten;
    }
  }
}

/** Rows that events change: folded in memory, written at the end. */
class Keyed implements Fold {
  private readonly aggregation: Aggregation<object>;
  private keys: (string | undefined)[] = [];
  private someUnkeyed = false;

  constructor(
    private readonly folding: Folding,
    budget: FoldBudget,
    open: (events: Recorded[]) => Promise<void>,
  ) {
    this.aggregation = new Aggregation(folding.projection, budget, open);
  }

  get poisoned(): ReadonlyMap<string, PoisonedKey> {
    return this.aggregation.poisoned;
  }

  prepare(batch: HistoryBatch): Recorded[] {
    this.keys = batch.unread.map((event) => this.keyOf(event as UnreadEvent & RecordedEvent));
    return this.aggregation.neededOf(batch, this.keys);
  }

  /** An event whose key cannot be told parks its owner, as it does in a worker; one that cannot be read ends the rebuild. */
  private keyOf(event: UnreadEvent & RecordedEvent): string | undefined {
    const { position, eventId } = event;
    const before = this.someUnkeyed ? this.poisoned.get(unkeyed(event)) : undefined;
    if (before) {
      before.events.push({ position, eventId });
      return undefined;
    }
    try {
      return this.folding.projection.key(event);
    } catch (error) {
      // Says so where the event is not Rapport's, or is a newer one's.
      event.decoded();
      this.someUnkeyed = true;
      this.aggregation.poison(unkeyed(event), event, error);
      return undefined;
    }
  }

  take(batch: HistoryBatch): undefined {
    this.aggregation.fold(batch, this.keys);
  }

  async finish(): Promise<void> {
    for await (const rows of this.aggregation.rows()) await this.folding.sink.write(rows);
  }

  close(): void {
    this.aggregation.close();
  }
}

/** A row an event, which nothing changes: written as it is read. */
class Appending implements Fold {
  readonly poisoned = new Map<string, PoisonedKey>();

  constructor(private readonly folding: Folding) {}

  prepare(batch: HistoryBatch): Recorded[] {
    return batch.events;
  }

  async take(batch: HistoryBatch): Promise<void> {
    const rows: object[] = [];
    for (const event of batch.events as RecordedEvent[]) {
      const row = this.rowOf(event);
      if (row) rows.push(row);
    }
    await this.folding.sink.write(rows);
  }

  private rowOf(event: RecordedEvent): object | undefined {
    const { projection } = this.folding;
    try {
      return projection.evolve(undefined, event);
    } catch (error) {
      const key = event.eventId;
      this.poisoned.set(key, poisonedBy(key, event, error));
      return undefined;
    }
  }

  async finish(): Promise<void> {}

  close(): void {}
}
