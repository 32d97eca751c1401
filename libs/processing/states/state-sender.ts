import type { Admin, Kafka } from 'kafkajs';
import type { Pool } from 'pg';
import { PUBLISHER_POSITIONS_TOPIC } from '#contracts/topics.js';
import type { KafkaSettings } from '#platform/kafka-settings.js';
import { countPublished } from '../health/processor-metrics.js';
import {
  fenceAndReadPosition,
  type PositionKeys,
  positionMessage,
  verifiedPosition,
} from '../kafka/published-position.js';
import { PublishingSession } from '../kafka/publishing-session.js';
import { toRequests, withLast } from '../kafka/requests.js';
import type { Position } from '../processor.js';
import { noteUnsent } from './changed-states.js';
import { PublishedStates } from './published-states.js';
import { toStateMessage } from './state-message.js';
import type { StateScope, StateTopic } from './state-topic.js';

export interface StateSenderParts {
  kafka: Kafka;
  settings: KafkaSettings;
  topics: readonly StateTopic[];
  pool: Pool;
  storeId: string;
  endOfStore(): Promise<Position>;
  businessDate(): string;
}

/** What was sent in one transaction, out of a snapshot of this position. */
export interface Sent {
  position: bigint;
  count: number;
  /** For whom nothing can be told at present. */
  parked: readonly string[];
}

/** In the topic of positions: what stands there is beyond everything that any message tells. */
const KEYS: PositionKeys = { position: 'states', fence: 'fence of states' };

/** Reads the present states of customers and sends them, a transaction each time; from one opening to the next. */
export class StateSender {
  private constructor(
    private readonly parts: StateSenderParts,
    private readonly session: PublishingSession,
    private readonly published: PublishedStates,
    /** Nobody has ever sent any. */
    readonly isFirst: boolean,
  ) {}

  /** Fences off whoever sent before. @throws ProcessorStopped where the topics are of another history. */
  static async open(parts: StateSenderParts, admin: Admin): Promise<StateSender> {
    const { kafka, settings, topics, storeId, endOfStore } = parts;
    const session = await PublishingSession.open(kafka, admin, {
      // Behind the publisher's, for which users have been given the right.
      transactionalId: `rapport.publisher.states.${storeId}`,
      topics: [...topics.map(({ topic }) => topic), PUBLISHER_POSITIONS_TOPIC],
      compression: settings.compression,
    });
    try {
      const position = await fenceAndReadPosition(kafka, session.producer, KEYS);
      const published = new PublishedStates(verifiedPosition(position, storeId, await endOfStore()));
      return new StateSender(parts, session, published, position === undefined);
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /**
   * Sends the present states of some customers in one transaction.
   * @param reached every view has come so far.
   * @returns undefined: states of these views may not be sent yet, and none was.
   */
  async send(
    topic: StateTopic,
    customers: readonly string[],
    scope: StateScope,
    reached: bigint,
  ): Promise<Sent | undefined> {
    if (customers.length === 0) return { position: reached, count: 0, parked: [] };
    const { pool, storeId } = this.parts;
    const date = this.parts.businessDate();
    const read = await topic.read(customers, date, scope);
    const { position, states, parked } = read;
    if (position === undefined || position < reached || !this.published.mayFollow(topic.topic, read)) return undefined;
    const messages = [...states].map(([customerId, state]) => ({
      topic: topic.topic,
      message: toStateMessage(topic, customerId, state, { position, date }),
    }));
    if (messages.length > 0) {
      const last = positionMessage(KEYS, storeId, this.published.followedBy(topic.topic, read));
      await this.session.publish(withLast(toRequests(messages), last), `${messages.length} states`);
      countPublished(topic.topic, messages.length);
    }
    if (parked.length > 0) await noteUnsent(pool, topic.topic, parked, reached);
    return { position, count: messages.length, parked };
  }

  close(): Promise<void> {
    return this.session.close();
  }
}
