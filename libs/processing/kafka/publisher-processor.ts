import type { Admin, Kafka } from 'kafkajs';
import type { Pool } from 'pg';
import type { Recorded } from '#contracts/envelope.js';
import type { PublishedFields } from '#contracts/published-fields.js';
import { BUSINESS_EVENTS_TOPIC, CUSTOMER_EVENTS_TOPIC, PUBLISHER_POSITIONS_TOPIC } from '#contracts/topics.js';
import type { KafkaSettings } from '#platform/kafka-settings.js';
import type { Checkpoint, HeldCheckpoint } from '../checkpoints.js';
import type { Leases } from '../leases.js';
import { type Position, type Processor, ProcessorStopped } from '../processor.js';
import { askedAgain } from './asked-again.js';
import { addressed } from './cloud-event.js';
import { publishedSoFar } from './publication.js';
import {
  fenceAndReadPosition,
  type PositionKeys,
  type PublishedPosition,
  positionMessage,
  verifiedPosition,
} from './published-position.js';
import { PublishingSession } from './publishing-session.js';
import { toRequests, withLast } from './requests.js';
import { holdsMessages, prepareTopics } from './topic-administration.js';

const EVENTS_TOPICS = [CUSTOMER_EVENTS_TOPIC, BUSINESS_EVENTS_TOPIC];

/** In the topic of positions. */
const KEYS: PositionKeys = { position: 'position', fence: 'fence' };

export interface PublisherOptions {
  settings: KafkaSettings;
  /** Begin again where the topics hold messages and the position is lost. */
  republish: boolean;
  /** Personal data that go out all the same. */
  personal?: PublishedFields | undefined;
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
  private session: PublishingSession | undefined;
  private mirror: HeldCheckpoint | undefined;
  /** Where the partitions of the topic of customer events end. */
  private ends: bigint[] = [];
  /** The personal fields that everything in the topics was published with. */
  private personal: readonly string[] = [];

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
      this.notice = await prepareTopics(admin, this.options.settings);
      this.session = await PublishingSession.open(this.kafka, admin, {
        transactionalId: `rapport.publisher.${this.storeId}`,
        topics: [...EVENTS_TOPICS, PUBLISHER_POSITIONS_TOPIC],
        compression: this.options.settings.compression,
      });
      const published = await fenceAndReadPosition(this.kafka, this.session.producer, KEYS);
      const known = published === undefined ? await firstWithMessages(admin) : undefined;
      this.personal = this.personalIn(published, known);
      if (published === undefined) await this.recordBeginning(this.session, known);
      const position = verifiedPosition(published, this.storeId, await this.endOfStore());
      // Nothing of an earlier producer is open any more: nothing that counts stands beyond these.
      this.ends = await endsOf(admin);
      await this.ensureKept(position);
      const held = await this.checkpoint.takeOver(position, this.endOfStore);
      // A crash between Kafka's commit and the mirror's leaves the mirror behind.
      this.mirror = await this.mirrored(held, position);
      return position;
    } finally {
      await admin.disconnect();
    }
  }

  async process(events: Recorded[], through: bigint): Promise<void> {
    const requests = toRequests(events.map((event) => addressed(event, this.options.personal)));
    const position = positionMessage(KEYS, this.storeId, through, this.personal);
    const sent = await this.session!.publish(withLast(requests, position), `${events.length} events`);
    for (const { topic, partition, end } of sent) if (topic === CUSTOMER_EVENTS_TOPIC) this.ends[partition] = end;
    this.mirror = await this.mirrored(this.mirror!, through);
  }

  async close(): Promise<void> {
    await this.disconnect();
    await this.leases.giveBack(this.name);
  }

  /**
   * The very first start says so in the topic. From then on a missing position means that it was lost, not that
   * nothing was published: the events of a first batch that was aborted do not look like published ones.
   * @param known an events topic that holds messages.
   */
  private async recordBeginning(session: PublishingSession, known: string | undefined): Promise<void> {
    if (known !== undefined && !this.options.republish) {
      throw new ProcessorStopped(
        `${known} holds messages, but ${PUBLISHER_POSITIONS_TOPIC} holds no position: publishing again ` +
          'would send every event twice. Restore the positions, or delete the topics; or start once with --republish.',
      );
    }
    await session.publish(withLast([], positionMessage(KEYS, this.storeId, undefined, this.personal)), 'no events');
  }

  /**
   * The topic holds what was published up to the position: whoever reads to where it ends believes to have all of it.
   * @throws ProcessorStopped
   */
  private async ensureKept(position: Position): Promise<void> {
    const told = await publishedSoFar(this.pool, this.storeId);
    // What was told of topics that are gone, positions with them, says nothing of these.
    if (position === undefined || told?.position === undefined || told.position > position) return;
    const partition = told.ends.findIndex((end, n) => (this.ends[n] ?? 0n) < end);
    if (partition === -1) return;
    throw new ProcessorStopped(
      `${PUBLISHER_POSITIONS_TOPIC} says that everything up to position ${position} was published, but partition ` +
        `${partition} of ${CUSTOMER_EVENTS_TOPIC} ends at offset ${this.ends[partition] ?? 0n} instead of ` +
        `${told.ends[partition]} or later: events are gone. Restore the topic, or delete the topics, positions with ` +
        'them: then everything is published again.',
    );
  }

  /** What was published once without a field lacks it for good, whatever the settings say later. */
  private personalIn(published: PublishedPosition | undefined, known: string | undefined): readonly string[] {
    const named = this.options.personal?.named ?? [];
    if (published === undefined) return known === undefined ? named : [];
    return named.filter((field) => published.personal?.includes(field));
  }

  private mirrored(held: HeldCheckpoint, to: Position): Promise<HeldCheckpoint> {
    const publication = { position: to?.toString() ?? null, ends: this.ends.map(String), personal: this.personal };
    return this.checkpoint.advance(this.pool, held, to, undefined, publication);
  }

  private async disconnect(): Promise<void> {
    const { session } = this;
    this.session = undefined;
    await session?.close();
  }
}

/** The first of the events topics that holds, or held, a message. */
async function firstWithMessages(admin: Admin): Promise<string | undefined> {
  for (const topic of EVENTS_TOPICS) if (await holdsMessages(admin, topic)) return topic;
  return undefined;
}

/** Where the partitions of the topic of customer events end. */
async function endsOf(admin: Admin): Promise<bigint[]> {
  const offsets = await askedAgain(() => admin.fetchTopicOffsets(CUSTOMER_EVENTS_TOPIC));
  return [...offsets].sort((a, b) => a.partition - b.partition).map(({ high }) => BigInt(high));
}
