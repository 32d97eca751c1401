import { setTimeout as sleep } from 'node:timers/promises';
import { type Admin, CompressionTypes, type Kafka, type Producer, type TopicMessages } from 'kafkajs';
import type { KafkaSettings } from '#platform/kafka-settings.js';
import { isServerAway } from '#platform/server-away.js';
import { byLeader, type Leaders, leadersOf } from './leaders.js';
import { encodeProduceRequests } from './lean-produce.js';
import { partitionByKey } from './partitioner.js';
import { type PartitionEnd, SentRecords } from './sent-records.js';

/**
 * Brokers answer EndTxn before the markers are written, and the next transaction meets CONCURRENT_TRANSACTIONS until
 * they are. kafkajs retries that after its first retry time, 300 ms unless told: 8 transactions a second. After some
 * five seconds it is given up, so that it can be told that the broker is away.
 */
const TRANSACTION_RETRY = { initialRetryTime: 5, multiplier: 1.3, factor: 0.2, maxRetryTime: 500, retries: 25 };
/** A broker that has not taken a batch by then hangs: the publisher says so, and opens again, which fences this try. */
const BATCH_LIMIT_MS = 20_000;

encodeProduceRequests();

export interface SessionOptions {
  transactionalId: string;
  /** Which it sends to. */
  topics: string[];
  compression: KafkaSettings['compression'];
}

/**
 * What it takes to publish, from one opening to the next: after an error of unknown outcome only a new producer is safe,
 * and it starts from the fence.
 */
export class PublishingSession {
  private constructor(
    readonly producer: Producer,
    private readonly leaders: Leaders,
    private readonly sent: SentRecords,
    private readonly compression: CompressionTypes,
  ) {}

  static async open(kafka: Kafka, admin: Admin, options: SessionOptions): Promise<PublishingSession> {
    const { transactionalId, topics } = options;
    const producer = kafka.producer({
      transactionalId,
      createPartitioner: partitionByKey,
      idempotent: true,
      maxInFlightRequests: 1,
      retry: TRANSACTION_RETRY,
    });
    const compression = options.compression === 'gzip' ? CompressionTypes.GZIP : CompressionTypes.None;
    const leaders = await leadersOf(admin, topics);
    const session = new PublishingSession(producer, leaders, new SentRecords(transactionalId), compression);
    try {
      await producer.connect();
    } catch (error) {
      await session.close();
      throw error;
    }
    return session;
  }

  /**
   * Sends the requests one after the other in one transaction.
   * @param what they are, for the message that says that they did not get through.
   * @returns where partitions ended after each of them.
   */
  async publish(requests: readonly TopicMessages[][], what: string): Promise<PartitionEnd[]> {
    const late = new AbortController();
    const tooLate = sleep(BATCH_LIMIT_MS, undefined, { signal: late.signal }).then((): never => {
      throw new Error(`Kafka has not taken a batch of ${what} within ${BATCH_LIMIT_MS / 1000} s.`);
    });
    try {
      return await Promise.race([this.inTransaction(requests), tooLate]);
    } finally {
      late.abort();
      tooLate.catch(() => {});
    }
  }

  async close(): Promise<void> {
    this.sent.close();
    await this.producer.disconnect().catch(() => {});
  }

  private async inTransaction(requests: readonly TopicMessages[][]): Promise<PartitionEnd[]> {
    const transaction = await this.producer.transaction();
    const ends: PartitionEnd[] = [];
    try {
      for (const request of requests) {
        for (const topicMessages of byLeader(request, this.leaders)) {
          this.sent.begin();
          const answers = await transaction.sendBatch({ topicMessages, compression: this.compression });
          ends.push(...this.sent.verify(topicMessages, answers));
        }
      }
      await transaction.commit();
      return ends;
    } catch (error) {
      // Of a broker that is away nothing can be asked; the next to open ends what is open.
      if (!isServerAway(error)) await transaction.abort().catch(() => {});
      throw error;
    }
  }
}
