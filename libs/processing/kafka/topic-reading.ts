import type { EachBatchPayload } from 'kafkajs';
import type { Pool } from 'pg';
import { CUSTOMER_EVENTS_TOPIC, EVENT_PARTITIONS } from '#contracts/topics.js';
import type { CheckpointWatch } from '../checkpoint-watch.js';
import type { SourceListener, Subscription } from '../event-source.js';
import type { Position } from '../processor.js';
import { PartitionReading, type TopicRecord } from './partition-reading.js';
import { type PublishedSoFar, publishedSoFar } from './publication.js';
import { type Assignment, PROJECTIONS_GROUP } from './topic-group.js';

const TOPIC = CUSTOMER_EVENTS_TOPIC;
/** How many records of a partition may wait for those of others before no more of it are fetched. */
const WAITING = 8_000;
/** How much further it is looked back each time for a record that everybody has. */
const FURTHER = 60;

export interface ReadingParts {
  pool: Pool;
  storeId: string;
  watch: CheckpointWatch;
  /** The personal fields without which the views would be wrong. */
  needs: readonly string[];
}

/**
 * The partitions that the group has given to this worker, read as one: in the order of positions, as `$all` would tell it.
 * An event is handed on when nothing can come before it any more. How far a partition that is silent has been read is told
 * by the publisher's position (docs/adr/0029).
 */
export class TopicReading implements Subscription {
  isPaused = false;
  private readonly partitions = new Map<number, PartitionReading>();
  /** Those whose beginning is being looked for: what is read of them meanwhile comes again. */
  private readonly lookingBack = new Set<PartitionReading>();
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
    private readonly after: Position,
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
    this.handOn();
  }

  end(): void {
    this.ended = true;
    this.unwatch();
  }

  fail(error: Error): void {
    if (this.ended) return;
    this.end();
    this.listener.lost(error);
  }

  async take({ batch, isStale, pause }: EachBatchPayload): Promise<void> {
    if (isStale()) return;
    const partition = this.ended ? undefined : this.partitions.get(batch.partition);
    if (partition === undefined) {
      pause();
      return;
    }
    if (this.lookingBack.has(partition)) return;
    if (partition.skips(BigInt(batch.firstOffset()!))) {
      this.fail(new Error(`Partition ${batch.partition} of ${TOPIC} has a gap before offset ${batch.firstOffset()}.`));
      return;
    }
    if (!partition.take(batch.messages, BigInt(batch.lastOffset()))) {
      await this.lookBack(partition, Number(batch.messages[0]!.timestamp));
      return;
    }
    if (partition.length >= WAITING) this.consumer.pause([{ topic: TOPIC, partitions: [partition.partition] }]);
    this.advance();
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
    const { admin, consumer, partitions } = this.assignment;
    const [ends, [committed]] = await Promise.all([
      admin.fetchTopicOffsets(TOPIC),
      admin.fetchOffsets({ groupId: PROJECTIONS_GROUP, topics: [TOPIC] }),
    ]);
    if (ends.length !== EVENT_PARTITIONS) {
      throw new Error(
        `${TOPIC} has ${ends.length} partitions instead of ${EVENT_PARTITIONS}: take --source event-store.`,
      );
    }
    for (const partition of partitions) {
      if (this.ended) return;
      const { low, high } = ends.find((end) => end.partition === partition)!;
      // The last record that was stored, which shows by its position whether anything before it is asked for.
      const place = BigInt(committed?.partitions.find((each) => each.partition === partition)?.offset ?? 0) - 1n;
      const isThere = place >= BigInt(low) && place < BigInt(high);
      const reading = new PartitionReading(partition, this.after, isThere ? place : BigInt(high), false);
      this.partitions.set(partition, reading);
      if (isThere && this.after !== undefined) this.seek(reading, place, false);
      else await this.lookBack(reading, Date.now());
    }
    if (this.ended) return;
    consumer.resume([{ topic: TOPIC, partitions: [...partitions] }]);
    this.unwatch = this.parts.watch.onMoved('publisher', () => this.look());
    this.look();
  }

  private seek(partition: PartitionReading, offset: bigint, isProven: boolean): void {
    partition.restart(offset, isProven);
    this.consumer.seek({ topic: TOPIC, partition: partition.partition, offset: String(offset) });
  }

  /**
   * Begins a partition further back: at the first record of a time before, then of one long before, then at its beginning.
   * Clocks only say where to look: whether it is far enough is told by the position of the first record.
   * @param time when the record was appended at which it was begun too late.
   */
  private async lookBack(partition: PartitionReading, time: number): Promise<void> {
    if (this.lookingBack.has(partition)) return;
    this.lookingBack.add(partition);
    const start = await this.earlierStart(partition, time);
    this.lookingBack.delete(partition);
    if (!this.ended) this.seek(partition, start, start === 0n);
  }

  private async earlierStart(partition: PartitionReading, time: number): Promise<bigint> {
    const { admin } = this.assignment!;
    const of = (offsets: { partition: number; offset: string }[]) =>
      BigInt(offsets.find((each) => each.partition === partition.partition)!.offset);
    const ends = await admin.fetchTopicOffsets(TOPIC);
    const low = of(ends.map(({ partition, low }) => ({ partition, offset: low })));
    let start = low;
    if (this.after !== undefined) {
      for (let found = partition.start; found === partition.start && partition.lookBackMs < time; ) {
        const earlier = of(await admin.fetchTopicOffsetsByTimestamp(TOPIC, time - partition.lookBackMs));
        partition.lookBackMs *= FURTHER;
        if (earlier < found) start = found = earlier;
      }
    }
    if (low > 0n && start === low && (this.after === undefined || partition.start === low)) {
      throw new Error(
        `Partition ${partition.partition} of ${TOPIC} begins at offset ${low}: what stood before was deleted, and is ` +
          'needed. Take --source event-store; or delete the topics and have everything published again.',
      );
    }
    return start;
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
    const lacking = this.parts.needs.filter((field) => !published.personal.includes(field));
    if (lacking.length > 0) {
      throw new Error(
        `${TOPIC} was not published with ${lacking.join(', ')} from its beginning on: delete the topics and have ` +
          'everything published again, or take --source event-store (docs/operations.md).',
      );
    }
    if ((this.published?.position ?? -1n) > (published.position ?? -1n)) {
      throw new Error(`${TOPIC} is being published anew.`);
    }
    this.published = published;
    this.advance();
  }

  private advance(): void {
    let seen: Position;
    for (const partition of this.partitions.values()) {
      if (this.lookingBack.has(partition)) return;
      if (this.published && !partition.reached(this.published)) {
        void this.lookBack(partition, Date.now()).catch((error: Error) => this.fail(error));
        return;
      }
      if (partition.seen === undefined) return;
      if (seen === undefined || partition.seen < seen) seen = partition.seen;
    }
    if (seen !== undefined && (this.through === undefined || seen > this.through)) {
      this.through = seen;
      this.merge(seen);
    }
    this.handOn();
  }

  private merge(through: bigint): void {
    const fresh: TopicRecord[] = [];
    for (const partition of this.partitions.values()) {
      const wasFull = partition.length >= WAITING;
      fresh.push(...partition.upTo(through));
      if (wasFull && partition.length < WAITING) {
        this.consumer.resume([{ topic: TOPIC, partitions: [partition.partition] }]);
      }
    }
    this.merged.push(...fresh.sort((a, b) => (a.position < b.position ? -1 : 1)));
  }

  private handOn(): void {
    let at = 0;
    while (at < this.merged.length && !this.isPaused && !this.ended) {
      this.listener.event(this.merged[at]!);
      at += 1;
    }
    this.merged.splice(0, at);
    if (this.isPaused || this.ended || this.merged.length > 0) return;
    if (this.through !== undefined && this.through !== this.told) {
      this.told = this.through;
      this.listener.checkpoint(this.through);
    }
    if (this.through === this.published?.position) this.listener.caughtUp();
  }
}
