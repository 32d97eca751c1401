import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka, Producer } from 'kafkajs';
import type { Pool } from 'pg';
import type { Recorded } from '#contracts/envelope.js';
import { PublishedFields } from '#contracts/published-fields.js';
import { CUSTOMER_EVENTS_TOPIC, PUBLISHER_POSITIONS_TOPIC } from '#contracts/topics.js';
import type { Checkpoint, HeldCheckpoint } from '../checkpoints.js';
import type { Leases } from '../leases.js';
import { type Position, type Processor, ProcessorStopped } from '../processor.js';
import { encodeProduceRequests } from './lean-produce.js';
import { partitionByKey } from './partitioner.js';
import { fenceAndReadPosition, type PublishedPosition, positionMessage } from './published-position.js';
import { toRequests } from './publisher-requests.js';
import { ensureTopics } from './topics.js';

/**
 * Brokers answer EndTxn before the markers are written, and the next transaction meets CONCURRENT_TRANSACTIONS until
 * they are. kafkajs retries that after its first retry time, 300 ms unless told: 8 transactions a second.
 */
const TRANSACTION_RETRY = { initialRetryTime: 5, multiplier: 1.3, factor: 0.2, maxRetryTime: 500, retries: 60 };

/** How long a new topic's leader may take to know of it. */
const LEADER_ATTEMPTS = 50;
const LEADER_RETRY_MS = 100;

encodeProduceRequests();

/**
 * Publishes every event exactly once: each batch goes out in one Kafka transaction together with the position that it
 * ends at. Kafka holds that position; the checkpoint in PostgreSQL only mirrors it, for those who wait and look.
 */
export class PublisherProcessor implements Processor {
  readonly kind = 'publisher';
  readonly name = 'publisher';
  private producer: Producer | undefined;
  private mirror: HeldCheckpoint | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly storeId: string,
    private readonly pool: Pool,
    private readonly checkpoint: Checkpoint,
    private readonly leases: Leases,
    private readonly endOfStore: () => Promise<Position>,
    private readonly published = PublishedFields.none,
  ) {}

  async open(): Promise<Position> {
    await this.leases.take(this.name);
    await this.disconnect();
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      await ensureTopics(admin);
      // After an error of unknown outcome only a new producer is safe: it starts from the fence.
      this.producer = this.kafka.producer({
        transactionalId: `rapport.publisher.${this.storeId}`,
        createPartitioner: partitionByKey,
        idempotent: true,
        maxInFlightRequests: 1,
        retry: TRANSACTION_RETRY,
      });
      await this.producer.connect();
      const published = await fenceAndReadPosition(this.kafka, this.producer);
      if (published === undefined) await this.begin(await hasMessages(admin));
      const end = await this.endOfStore();
      const position = this.verified(published, end);
      const held = await this.checkpoint.takeOver(position, end);
      this.mirror = await this.mirrorTo(held, position);
      return position;
    } finally {
      await admin.disconnect();
    }
  }

  async process(events: Recorded[], through: bigint): Promise<void> {
    const producer = this.producer!;
    const transaction = await producer.transaction();
    try {
      const position = { topic: PUBLISHER_POSITIONS_TOPIC, messages: [positionMessage(this.storeId, through)] };
      const requests = toRequests(events, this.published);
      const last = requests.pop() ?? [];
      for (const topicMessages of [...requests, [...last, position]]) await transaction.sendBatch({ topicMessages });
      await transaction.commit();
    } catch (error) {
      await transaction.abort().catch(() => {});
      throw error;
    }
    this.mirror = await this.checkpoint.advance(this.pool, this.mirror!, through);
  }

  async close(): Promise<void> {
    await this.disconnect();
    await this.leases.giveBack(this.name);
  }

  /**
   * The very first start says so in the topic. From then on a missing position means that it was lost, not that
   * nothing was published: the events of a first batch that was aborted do not look like published ones.
   */
  private async begin(topicHasMessages: boolean): Promise<void> {
    if (topicHasMessages) {
      throw new ProcessorStopped(
        `${CUSTOMER_EVENTS_TOPIC} holds messages, but ${PUBLISHER_POSITIONS_TOPIC} holds no position: publishing again ` +
          'would send every event twice. Delete the topics, or restore the positions.',
      );
    }
    const transaction = await this.producer!.transaction();
    await transaction.send({
      topic: PUBLISHER_POSITIONS_TOPIC,
      messages: [positionMessage(this.storeId, undefined)],
    });
    await transaction.commit();
  }

  private verified(published: PublishedPosition | undefined, end: Position): Position {
    if (published === undefined || published.position === null) return undefined;
    if (published.storeId !== this.storeId) {
      throw new ProcessorStopped(
        `The topics were published from event store ${published.storeId}, but this is ${this.storeId}. ` +
          'Use other topics, or delete these.',
      );
    }
    const position = BigInt(published.position);
    if (position > (end ?? -1n)) {
      throw new ProcessorStopped(
        `The topics were published up to position ${position}, beyond the end of the event store (${end ?? 'empty'}): ` +
          'the store lost events or was replaced. Restore it, or delete the topics.',
      );
    }
    return position;
  }

  /** A crash between Kafka's commit and the mirror's leaves the mirror behind: bring it level. */
  private async mirrorTo(held: HeldCheckpoint, position: Position): Promise<HeldCheckpoint> {
    if (position === undefined || position === held.position) return held;
    return this.checkpoint.advance(this.pool, held, position);
  }

  private async disconnect(): Promise<void> {
    const { producer } = this;
    this.producer = undefined;
    await producer?.disconnect().catch(() => {});
  }
}

async function hasMessages(admin: ReturnType<Kafka['admin']>): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const offsets = await admin.fetchTopicOffsets(CUSTOMER_EVENTS_TOPIC);
      return offsets.some(({ high }) => high !== '0');
    } catch (error) {
      // A broker may not know yet that it leads a topic that was just made; kafkajs does not ask again.
      if ((error as { retriable?: boolean }).retriable !== true || attempt === LEADER_ATTEMPTS) throw error;
      await sleep(LEADER_RETRY_MS);
    }
  }
}
