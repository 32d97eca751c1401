import { setTimeout as sleep } from 'node:timers/promises';
import type { EachBatchPayload, Kafka } from 'kafkajs';
import type { Recorded } from '#contracts/envelope.js';
import type { Logger } from '#platform/logger.js';
import type { EventSource, SourceListener, Subscription } from '../event-source.js';
import type { Position } from '../processor.js';
import type { FeedingTopic } from '../projection-processor.js';
import { fromCloudEvent } from './cloud-event.js';
import type { TopicRecord } from './partition-reading.js';
import { ensurePublishedWith, publishedSoFar } from './publication.js';
import { beginPartitions } from './topic-beginnings.js';
import { type Assignment, TopicGroup } from './topic-group.js';
import { type ReadingParts, TopicReading } from './topic-reading.js';

const COMMIT_EVERY_MS = 1_000;
/** How long Kafka may take to answer whether what could not be read can be now. */
const ANSWERED_WITHIN_MS = 5_000;

/** The engine that reads the topic, as far as the topic has to know of it. */
export interface TopicEngine {
  /** What every processor that does something has stored. */
  readonly stored: Position;
  /** The segments that its processors may hold have changed. */
  reopen(): void;
}

/**
 * The topic of customer events as the source of an engine: a worker's partitions, which Kafka's consumer group gives out.
 * Where reading begins is for the checkpoints in PostgreSQL to say; the group's offsets only tell where to look.
 */
export class TopicSource implements EventSource<TopicRecord>, FeedingTopic {
  private readonly group: TopicGroup;
  private assignment: Assignment | undefined;
  private reading: TopicReading | undefined;
  private engine: TopicEngine | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    kafka: Kafka,
    logger: Logger,
    private readonly parts: ReadingParts,
  ) {
    this.group = new TopicGroup(kafka, logger, {
      assigned: (assignment) => this.assign(assignment),
      batch: (payload) => this.take(payload),
      hidden: (partition, first, last) => this.reading?.hidden(partition, first, last),
    });
  }

  /** The partitions that this worker has; undefined: it is no member of the group at present. */
  get assigned(): ReadonlySet<number> | undefined {
    return this.assignment?.partitions;
  }

  /**
   * @throws Error while it is no member of the group, the topic lacks what the views need, or what could not be read the
   *   last time cannot be read now.
   */
  async ensureReadable(): Promise<void> {
    const { assignment, reading } = this;
    if (assignment === undefined) throw new Error('Kafka has given this worker no partitions yet.');
    const published = await publishedSoFar(this.parts.pool, this.parts.storeId);
    if (published === undefined) throw new Error('The publisher has not told yet what the events topic holds.');
    ensurePublishedWith(published, this.parts.needs);
    if (reading?.failure === undefined) return;
    const late = sleep(ANSWERED_WITHIN_MS, undefined, { ref: false }).then(() => {
      throw new Error(`Kafka could not be read and has not answered within ${ANSWERED_WITHIN_MS / 1000} s.`);
    });
    await Promise.race([beginPartitions(assignment, reading.after), late]);
  }

  /** Resolves when the group has given it partitions for the first time, or could not. */
  async start(engine: TopicEngine): Promise<void> {
    this.engine = engine;
    this.timer = setInterval(() => this.commit(), COMMIT_EVERY_MS);
    await this.group.start();
  }

  subscribe(after: Position, listener: SourceListener<TopicRecord>): Subscription {
    this.reading?.end();
    this.reading = new TopicReading(this.parts, this.assignment, after, listener);
    return this.reading;
  }

  /** What no message tells is missing of the events; only views that do without are fed by this source. */
  async decode(records: TopicRecord[]): Promise<Recorded[]> {
    return records.map(({ message }) => fromCloudEvent(message) as Recorded);
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    this.reading?.end();
    await this.group.close();
  }

  /** In one go, so that nothing is handed on that was read of other partitions than the processors believe to have. */
  private assign(assignment: Assignment | undefined): void {
    this.assignment = assignment;
    this.engine?.reopen();
    this.reading?.fail(new Error('The partitions are being given out anew.'));
    this.reading = undefined;
  }

  private async take(payload: EachBatchPayload): Promise<void> {
    if (this.reading) await this.reading.take(payload);
    else payload.pause();
  }

  private commit(): void {
    const stored = this.engine?.stored;
    // When it fails the group is being shared out anew, or Kafka is away: the next beginning looks a little further back.
    if (stored !== undefined) void this.reading?.commit(stored).catch(() => {});
  }
}
