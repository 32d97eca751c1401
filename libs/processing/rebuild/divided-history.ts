import type { EventStore } from '#event-store/event-store.js';
import type { HistoryBatch } from '#event-store/history-batch.js';
import type { UnreadEvent } from '#event-store/unread-event.js';
import { unkeyed } from '../parking/parked.js';
import type { Projection, RecordedEvent } from '../projection.js';
import type { StoredFrames } from './partition.js';
import type { FoldSize } from './partition-fold.js';
import { byArrival, byHash, Partitions } from './partitions.js';
import { type PoisonedKey, PoisonedKeys } from './poisoned-keys.js';

export interface HistoryRead {
  events: number;
  /** Of the last event that was read; undefined in an empty store. */
  position: bigint | undefined;
}

/** Events of a partition where each makes a row of its own. */
const APPENDED = 4_000;

/** Reads the history once for any number of projections, and divides it into partitions that are folded one by one. */
export class DividedHistory {
  private readonly views: ViewPartitions[];

  constructor(projections: readonly Projection<object>[], size: FoldSize) {
    this.views = projections.map((projection) => new ViewPartitions(projection, size));
  }

  /**
   * Reads everything, from the beginning to where the store ends now.
   * @param tell is told after each batch how far the reading has come.
   * @throws ForeignEvent, NewerVersion, NotRebuilt
   */
  async read(store: Pick<EventStore, 'history'>, tell: (progress: HistoryRead) => void): Promise<HistoryRead> {
    const progress: HistoryRead = { events: 0, position: undefined };
    for await (const batch of store.history()) {
      for (const view of this.views) view.take(batch);
      progress.events += batch.unread.length;
      progress.position = batch.unread.at(-1)?.position ?? progress.position;
      tell(progress);
    }
    return progress;
  }

  /** Of each projection in the order given. */
  partitions(): StoredFrames[][] {
    return this.views.map((view) => view.stored());
  }

  /** What belongs to no key that could be told, of each projection in the order given. */
  get poisoned(): PoisonedKey[][] {
    return this.views.map((view) => view.poisoned.all());
  }

  close(): void {
    for (const view of this.views) view.close();
  }
}

class ViewPartitions {
  readonly poisoned: PoisonedKeys;
  private readonly partitions: Partitions;

  constructor(
    private readonly projection: Projection<object>,
    { partitions, memory }: FoldSize,
  ) {
    this.poisoned = new PoisonedKeys(projection.name);
    const place = projection.appendOnly ? byArrival(APPENDED) : byHash(partitions, 1);
    this.partitions = new Partitions(place, memory);
  }

  take(batch: HistoryBatch): void {
    batch.unread.forEach((event, index) => {
      const key = this.keyOf(event as UnreadEvent & RecordedEvent);
      if (key !== undefined) this.partitions.add(key, batch.frame(index));
    });
  }

  stored(): StoredFrames[] {
    return this.partitions.stored();
  }

  close(): void {
    this.partitions.close();
  }

  /** An event whose key cannot be told parks its owner, as it does in a worker; one that cannot be read ends the rebuild. */
  private keyOf(event: UnreadEvent & RecordedEvent): string | undefined {
    if (this.poisoned.any && this.poisoned.queues(unkeyed(event), event)) return undefined;
    try {
      return this.projection.key(event);
    } catch (error) {
      // Says so where the event is not Rapport's, or is a newer one's.
      event.decoded();
      this.poisoned.poison(unkeyed(event), event, error);
      return undefined;
    }
  }
}
