import { setTimeout as sleep } from 'node:timers/promises';
import { type Admin, CompressionTypes, type Kafka, type Producer, type TopicMessages } from 'kafkajs';
import type { Pool } from 'pg';
import type { Recorded } from '#contracts/envelope.js';
import type { PublishedFields } from '#contracts/published-fields.js';
import { BUSINESS_EVENTS_TOPIC, CUSTOMER_EVENTS_TOPIC, PUBLISHER_POSITIONS_TOPIC } from '#contracts/topics.js';
import type { KafkaSettings } from '#platform/kafka-settings.js';
import { isServerAway } from '#platform/server-away.js';
import type { Checkpoint, HeldCheckpoint } from '../checkpoints.js';
import type { Leases } from '../leases.js';
import { type Position, type Processor, ProcessorStopped } from '../processor.js';
import { askedAgain } from './asked-again.js';
import { byLeader, type Leaders, leadersOf } from './leaders.js';
import { encodeProduceRequests } from './lean-produce.js';
import { partitionByKey } from './partitioner.js';
import { fenceAndReadPosition, type PublishedPosition, positionMessage } from './published-position.js';
import { toRequests } from './publisher-requests.js';
import { SentRecords } from './sent-records.js';
import { createMissingTopics, differencesOf, inspectTopics } from './topic-administration.js';

/**
 * Brokers answer EndTxn before the markers are written, and the next transaction meets CONCURRENT_TRANSACTIONS until
 * they are. kafkajs retries that after its first retry time, 300 ms unless told: 8 transactions a second. After some
 * five seconds it is given up, so that it can be told that the broker is away.
 */
const TRANSACTION_RETRY = { initialRetryTime: 5, multiplier: 1.3, factor: 0.2, maxRetryTime: 500, retries: 25 };
/** A broker that has not taken a batch by then hangs: the publisher says so, and opens again, which fences this try. */
const BATCH_LIMIT_MS = 20_000;

const EVENTS_TOPICS = [CUSTOMER_EVENTS_TOPIC, BUSINESS_EVENTS_TOPIC];

encodeProduceRequests();

export interface PublisherOptions {
  settings: KafkaSettings;
  /** Begin again where the topics hold messages and the position is lost. */
  republish: boolean;
  /** Personal data that go out all the same. */
  personal?: PublishedFields | undefined;
}

/** What it takes to publish, from one opening to the next: after an error all of it is made anew. */
interface Session {
  producer: Producer;
  sent: SentRecords;
  leaders: Leaders;
  /** Where the partitions of the topic of customer events end. */
  ends: bigint[];
  /** The personal fields that everything in the topics was published with. */
  personal: readonly string[];
}

/**
 * Publishes every event exactly once: each batch goes out in one Kafka transaction together with the position that it
 * ends at. Kafka holds that position; the checkpoint in PostgreSQL only mirrors it, for those who wait and look.
 */
export class PublisherProcessor implements Processor {
  readonly kind = 'publisher';
  readonly name = 'publisher';
  /** What is not as declared about the topics. */
  notice: string | undefined;
  private session: Session | undefined;
  private mirror: HeldCheckpoint | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly storeId: string,
    private readonly pool: Pool,
    private readonly checkpoint: Checkpoint,
    private readonly leases: Leases,
    private readonly endOfStore: () => Promise<Position>,
    private readonly options: PublisherOptions,
  ) {}

  async open(): Promise<Position> {
    await this.leases.take(this.name);
    await this.disconnect();
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      await this.prepareTopics(admin);
      const session = await this.begin(admin);
      const published = await fenceAndReadPosition(this.kafka, session.producer);
      const holdsMessages = published === undefined ? await firstWithMessages(admin) : undefined;
      session.personal = this.personalIn(published, holdsMessages);
      if (published === undefined) await this.recordBeginning(session, holdsMessages);
      const end = await this.endOfStore();
      const position = this.verified(published, end);
      // Nothing of an earlier producer is open any more: nothing that counts stands beyond these.
      session.ends = await endsOf(admin);
      const held = await this.checkpoint.takeOver(position, this.endOfStore);
      // A crash between Kafka's commit and the mirror's leaves the mirror behind.
      this.mirror = await this.mirrored(held, position, session);
      return position;
    } finally {
      await admin.disconnect();
    }
  }

  async process(events: Recorded[], through: bigint): Promise<void> {
    const late = new AbortController();
    const tooLate = sleep(BATCH_LIMIT_MS, undefined, { signal: late.signal }).then(() => {
      throw new Error(`Kafka has not taken a batch of ${events.length} events within ${BATCH_LIMIT_MS / 1000} s.`);
    });
    try {
      await Promise.race([this.publish(this.session!, events, through), tooLate]);
    } finally {
      late.abort();
      tooLate.catch(() => {});
    }
    this.mirror = await this.mirrored(this.mirror!, through, this.session!);
  }

  async close(): Promise<void> {
    await this.disconnect();
    await this.leases.giveBack(this.name);
  }

  /** Makes the topics that are missing, and tells what is not as declared about the others. */
  private async prepareTopics(admin: Admin): Promise<void> {
    await createMissingTopics(admin, this.options.settings);
    try {
      this.notice = differencesOf(await inspectTopics(admin, this.options.settings)).join('; ') || undefined;
    } catch (error) {
      if (isServerAway(error)) throw error;
      // Whoever may write may not be allowed to look.
      this.notice = `The topics could not be compared with what is declared: ${(error as Error).message}`;
    }
  }

  /** After an error of unknown outcome only a new producer is safe: it starts from the fence. */
  private async begin(admin: Admin): Promise<Session> {
    const transactionalId = `rapport.publisher.${this.storeId}`;
    const producer = this.kafka.producer({
      transactionalId,
      createPartitioner: partitionByKey,
      idempotent: true,
      maxInFlightRequests: 1,
      retry: TRANSACTION_RETRY,
    });
    const leaders = await leadersOf(admin, [...EVENTS_TOPICS, PUBLISHER_POSITIONS_TOPIC]);
    this.session = { producer, leaders, sent: new SentRecords(transactionalId), ends: [], personal: [] };
    await producer.connect();
    return this.session;
  }

  private async publish(
    { producer, leaders, sent, ends, personal }: Session,
    events: Recorded[],
    through: bigint,
  ): Promise<void> {
    const transaction = await producer.transaction();
    try {
      const position = {
        topic: PUBLISHER_POSITIONS_TOPIC,
        messages: [positionMessage(this.storeId, through, personal)],
      };
      const requests = toRequests(events, this.options.personal);
      const last = requests.pop() ?? [];
      const compression = this.options.settings.compression === 'gzip' ? CompressionTypes.GZIP : CompressionTypes.None;
      const send = async (topicMessages: TopicMessages[]) => {
        sent.begin();
        for (const sentTo of sent.verify(topicMessages, await transaction.sendBatch({ topicMessages, compression }))) {
          if (sentTo.topic === CUSTOMER_EVENTS_TOPIC) ends[sentTo.partition] = sentTo.end;
        }
      };
      for (const request of [...requests, [...last, position]]) {
        for (const share of byLeader(request, leaders)) await send(share);
      }
      await transaction.commit();
    } catch (error) {
      // Of a broker that is away nothing can be asked; the next to open ends what is open.
      if (!isServerAway(error)) await transaction.abort().catch(() => {});
      throw error;
    }
  }

  /**
   * The very first start says so in the topic. From then on a missing position means that it was lost, not that
   * nothing was published: the events of a first batch that was aborted do not look like published ones.
   * @param holdsMessages an events topic that does.
   */
  private async recordBeginning({ producer, personal }: Session, holdsMessages: string | undefined): Promise<void> {
    if (holdsMessages !== undefined && !this.options.republish) {
      throw new ProcessorStopped(
        `${holdsMessages} holds messages, but ${PUBLISHER_POSITIONS_TOPIC} holds no position: publishing again ` +
          'would send every event twice. Restore the positions, or delete the topics; or start once with --republish.',
      );
    }
    const transaction = await producer.transaction();
    await transaction.send({
      topic: PUBLISHER_POSITIONS_TOPIC,
      messages: [positionMessage(this.storeId, undefined, personal)],
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

  /** What was published once without a field lacks it for good, whatever the settings say later. */
  private personalIn(published: PublishedPosition | undefined, holdsMessages: string | undefined): readonly string[] {
    const named = this.options.personal?.named ?? [];
    if (published === undefined) return holdsMessages === undefined ? named : [];
    return named.filter((field) => published.personal?.includes(field));
  }

  private mirrored(held: HeldCheckpoint, to: Position, { ends, personal }: Session): Promise<HeldCheckpoint> {
    const publication = { position: to?.toString() ?? null, ends: ends.map(String), personal };
    return this.checkpoint.advance(this.pool, held, to, undefined, publication);
  }

  private async disconnect(): Promise<void> {
    const { session } = this;
    this.session = undefined;
    session?.sent.close();
    await session?.producer.disconnect().catch(() => {});
  }
}

/** The first of the events topics that holds, or held, a message. */
async function firstWithMessages(admin: Admin): Promise<string | undefined> {
  for (const topic of EVENTS_TOPICS) if (await hasMessages(admin, topic)) return topic;
  return undefined;
}

/** Where the partitions of the topic of customer events end. */
async function endsOf(admin: Admin): Promise<bigint[]> {
  const offsets = await askedAgain(() => admin.fetchTopicOffsets(CUSTOMER_EVENTS_TOPIC));
  return [...offsets].sort((a, b) => a.partition - b.partition).map(({ high }) => BigInt(high));
}

async function hasMessages(admin: Admin, topic: string): Promise<boolean> {
  const offsets = await askedAgain(() => admin.fetchTopicOffsets(topic));
  return offsets.some(({ high }) => high !== '0');
}
