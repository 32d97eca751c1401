import type { EachBatchPayload } from 'kafkajs';
import type { Pool } from 'pg';
import { CUSTOMER_EVENTS_TOPIC as TOPIC } from '#contracts/topics.js';
import type { CheckpointWatch } from '../checkpoint-watch.js';
import type { SourceListener, Subscription } from '../event-source.js';
import type { Position } from '../processor.js';
import type { PartitionReading, TopicRecord } from './partition-reading.js';
import { ensurePublishedWith, type PublishedSoFar, publishedSoFar } from './publication.js';
import { beginPartitions, earlierStart } from './topic-beginnings.js';
import type { Assignment } from './topic-group.js';

/** How many records of a partition may wait for those of others before no more of it are fetched. */
const WAITING = 8_000;

export interface ReadingParts {
  pool: Pool;
  storeId: string;
  watch: CheckpointWatch;
  /** The personal fields without which the views would be wrong. */
  needs: readonly string[];
}

/**
 * The partitions that the group has given to this worker, read as one: in the order of positions, as `$all` would tell it.
 * An event is handed on when nothing can come before it any more, and the publisher has told with which fields everything up
 * to it was published. How far a partition that is silent has been read is told by the publisher's position (docs/adr/0029).
 */
export class TopicReading implements Subscription {
  isPaused = false;
  /** Why it was lost. */
  failure: Error | undefined;
  private readonly partitions = new Map<number, PartitionReading>();
  /** Those whose beginning is being looked for: what is read of them meanwhile comes again. */
  private readonly lookingBack = new Set<PartitionReading>();
  /** What may be handed on, the first one last. */
  private merged: TopicRecord[] = [];
  /** Up to where everything has been read, and up to where it has been told. */
  private through: Position;
  private told: Position;
  private published: PublishedSoFar | undefined;
  private looking = false;
  private lookAgain = false;
  private ended = false;
  private unwatch = () => {};

  constructor(
    private readonly parts: ReadingParts,
    private readonly assignment: Assignment | undefined,
    readonly after: Position,
    private readonly listener: SourceListener<TopicRecord>,
  ) {
    this.through = after;
    this.told = after;
    void this.begin().catch((error: Error) => this.fail(error));
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.advance();
  }

  end(): void {
    this.ended = true;
    this.unwatch();
  }

  fail(error: Error): void {
    if (this.ended) return;
    this.end();
    this.failure = error;
    this.listener.lost(error);
  }

  /** Never fails: kafkajs would crash on it. What is wrong is told by `lost`. */
  async take({ batch, isStale, pause }: EachBatchPayload): Promise<void> {
    if (isStale()) return;
    const partition = this.ended ? undefined : this.partitions.get(batch.partition);
    if (partition === undefined) {
      pause();
      return;
    }
    if (this.lookingBack.has(partition)) return;
    try {
      ensureFollows(partition, batch);
      if (partition.take(batch.messages, BigInt(batch.lastOffset()))) {
        if (partition.length >= WAITING) this.consumer.pause([{ topic: TOPIC, partitions: [partition.partition] }]);
        this.advance();
      } else {
        this.lookBack(partition, Number(batch.messages[0]!.timestamp));
      }
    } catch (error) {
      this.fail(error as Error);
    }
  }

  hidden(partition: number, first: bigint, last: bigint): void {
    const reading = this.ended ? undefined : this.partitions.get(partition);
    if (reading === undefined || this.lookingBack.has(reading) || reading.skips(first)) return;
    reading.pass(last);
    this.advance();
  }

  /** Has the group remember where each partition can be begun next time. @param stored what every view has. */
  async commit(stored: bigint): Promise<void> {
    const offsets = [...this.partitions.values()].flatMap((partition) => {
      const offset = partition.storedPlace(stored);
      return offset === undefined
        ? []
        : [{ topic: TOPIC, partition: partition.partition, offset: String(offset + 1n) }];
    });
    if (offsets.length > 0 && !this.ended) await this.consumer.commitOffsets(offsets);
  }

  private get consumer(): Assignment['consumer'] {
    return this.assignment!.consumer;
  }

  private async begin(): Promise<void> {
    // Several processors open one after the other, and each may want it begun elsewhere.
    await new Promise(setImmediate);
    if (this.ended) return;
    if (this.assignment === undefined) throw new Error('Kafka has given this worker no partitions.');
    const readings = await beginPartitions(this.assignment, this.after);
    if (this.ended) return;
    // All at once: how far they have been read together is told by all of them.
    for (const reading of readings) {
      this.partitions.set(reading.partition, reading);
      this.seek(reading);
    }
    this.consumer.resume([{ topic: TOPIC, partitions: [...this.partitions.keys()] }]);
    this.unwatch = this.parts.watch.onMoved('publisher', () => this.look());
    this.look();
  }

  private seek({ partition, start }: PartitionReading): void {
    this.consumer.seek({ topic: TOPIC, partition, offset: String(start) });
  }

  /**
   * The partition was begun too late: something that is asked for may stand before. Nobody waits for it: a batch that did
   * would hold up heartbeats.
   */
  private lookBack(partition: PartitionReading, time: number): void {
    this.lookingBack.add(partition);
    earlierStart(this.assignment!.admin, partition, time)
      .then((start) => {
        partition.restart(start);
        this.lookingBack.delete(partition);
        if (!this.ended) this.seek(partition);
      })
      .catch((error: Error) => this.fail(error));
  }

  /** Asks how far the publisher has come; once more when it moved meanwhile. */
  private look(): void {
    this.lookAgain = this.looking;
    if (this.looking || this.ended) return;
    this.looking = true;
    publishedSoFar(this.parts.pool, this.parts.storeId)
      .then((published) => this.learn(published))
      .catch((error: Error) => this.fail(error))
      .finally(() => {
        this.looking = false;
        if (this.lookAgain) this.look();
      });
  }

  private learn(published: PublishedSoFar | undefined): void {
    if (this.ended || published === undefined) return;
    ensurePublishedWith(published, this.parts.needs);
    if ((this.published?.position ?? -1n) > (published.position ?? -1n)) {
      throw new Error(`${TOPIC} is being published anew.`);
    }
    this.published = published;
    this.advance();
  }

  /** Never fails: it is called wherever something has changed. */
  private advance(): void {
    const { published } = this;
    if (published === undefined || this.ended) return;
    try {
      for (const partition of this.partitions.values()) {
        if (this.lookingBack.has(partition)) return;
        if (!partition.reached(published)) {
          this.lookBack(partition, Date.now());
          return;
        }
      }
      this.handOn();
      // While the engine is full, partitions fill up, and no more of them is fetched.
      if (this.merged.length === 0 && !this.isPaused) this.merge(published.position);
      this.handOn();
      if (this.isPaused || this.ended || this.merged.length > 0) return;
      if (this.through !== undefined && this.through !== this.told) {
        this.told = this.through;
        this.listener.checkpoint(this.through);
      }
      if (this.through === published.position) this.listener.caughtUp();
    } catch (error) {
      this.fail(error as Error);
    }
  }

  /** @param published beyond it nobody has said yet with which fields events were published. */
  private merge(published: Position): void {
    const partitions = [...this.partitions.values()];
    const through = lowestOf([published, ...partitions.map(({ seen }) => seen)]);
    if (through === undefined || (this.through !== undefined && through <= this.through)) return;
    const full = partitions.filter(({ length }) => length >= WAITING);
    this.through = through;
    this.merged = partitions
      .flatMap((partition) => partition.upTo(through))
      .sort((a, b) => (a.position < b.position ? 1 : -1));
    const drained = full.filter(({ length }) => length < WAITING).map(({ partition }) => partition);
    if (drained.length > 0) this.consumer.resume([{ topic: TOPIC, partitions: drained }]);
  }

  private handOn(): void {
    while (this.merged.length > 0 && !this.isPaused && !this.ended) this.listener.event(this.merged.pop()!);
  }
}

/** @throws Error when what a batch holds does not go on from what was read before. */
function ensureFollows(partition: PartitionReading, batch: EachBatchPayload['batch']): void {
  if (partition.skips(BigInt(batch.firstOffset()!))) {
    throw new Error(`Partition ${batch.partition} of ${TOPIC} has a gap before offset ${batch.firstOffset()}.`);
  }
  if (BigInt(batch.lastOffset()) + 1n < partition.next) {
    throw new Error(`The offsets of partition ${batch.partition} of ${TOPIC} have begun anew.`);
  }
}

/** undefined: one of them is at the beginning. */
function lowestOf(positions: readonly Position[]): Position {
  let lowest = positions[0];
  for (const position of positions) {
    if (position === undefined || lowest === undefined) return undefined;
    if (position < lowest) lowest = position;
  }
  return lowest;
}
