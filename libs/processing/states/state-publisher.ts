import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import type { Pool } from 'pg';
import { PUBLISHER_POSITIONS_TOPIC } from '#contracts/topics.js';
import type { KafkaSettings } from '#platform/kafka-settings.js';
import { lowestCheckpoint } from '../checkpoint-status.js';
import type { Checkpoint, HeldCheckpoint } from '../checkpoints.js';
import { Elected, type ElectedParts, type ElectedWork } from '../elected.js';
import { countPublished } from '../health/processor-metrics.js';
import {
  fenceAndReadPosition,
  type PositionKeys,
  positionMessage,
  verifiedPosition,
} from '../kafka/published-position.js';
import { PublishingSession } from '../kafka/publishing-session.js';
import { toRequests, withLast } from '../kafka/requests.js';
import { holdsMessages, prepareTopics } from '../kafka/topic-administration.js';
import type { Position } from '../processor.js';
import type { RunnerState } from '../runner.js';
import { BOOTSTRAP_REQUESTED, findBootstraps, moveBootstrap, requestBootstrap } from './bootstraps.js';
import { type ChangedState, changedStates, forgetChanged, noteUnsent } from './changed-states.js';
import { PublishedStates } from './published-states.js';
import { toStateMessage } from './state-message.js';
import type { StateScope, StateTopic } from './state-topic.js';

/** The name of the lease and of the checkpoint, and the one that health and status tell. */
export const STATE_PUBLISHER = 'state_publisher';

export interface StatePublisherParts extends ElectedParts {
  kafka: Kafka;
  settings: KafkaSettings;
  topics: readonly StateTopic[];
  pool: Pool;
  storeId: string;
  checkpoint: Pick<Checkpoint, 'takeOver' | 'advance'>;
  endOfStore(): Promise<Position>;
  businessDate(): string;
}

/** In the topic of positions: what stands there is beyond everything that any message tells. */
const KEYS: PositionKeys = { position: 'states', fence: 'fence of states' };
/** How many customers' states go into one transaction. */
const CHUNK = 500;
/**
 * The pause after a look, so that bursts fold: as long as it took, and longer after many states. An import changes a
 * customer several times within a second, and each message takes as much from the worker as a few events.
 */
const SHORTEST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 250;
const MANY = 50;
const PAUSE_AFTER_MANY_MS = 1_000;

/**
 * Sends the state of each customer that has changed to the state topics: the rows as they are when it sends, so that
 * many changes are one message and a state never goes back. Of all workers the one that holds the lease does. Whatever
 * changes a row has noted that in its transaction, so nothing is lost in a crash; what was sent and not yet forgotten is
 * sent again. The checkpoint says up to which position every change has been sent.
 */
export class StatePublisher implements ElectedWork {
  readonly name = STATE_PUBLISHER;
  readonly kind = 'publisher';
  readonly wokenBy: readonly string[];
  /** What is not as declared about the topics. */
  notice: string | undefined;
  private readonly views: readonly string[];
  private readonly elected: Elected;
  private session: PublishingSession | undefined;
  private published: PublishedStates | undefined;
  private held: HeldCheckpoint | undefined;
  /** A walk through all customers is under way, and nothing keeps it waiting. */
  private isWalking = false;

  constructor(private readonly parts: StatePublisherParts) {
    this.views = [...new Set(parts.topics.flatMap(({ views }) => views))];
    this.wokenBy = [...this.views, BOOTSTRAP_REQUESTED];
    this.elected = new Elected(this, parts);
  }

  /** Up to which position every change has been sent. */
  get position(): Position {
    return this.held?.position;
  }

  get state(): RunnerState {
    return this.elected.state;
  }

  start(): void {
    this.elected.start();
  }

  close(): Promise<void> {
    return this.elected.close();
  }

  /**
   * Rows are read only from here on: whoever published before is fenced off, so nobody can send an older state after a
   * newer one.
   */
  async open(): Promise<void> {
    const { kafka, settings, storeId, checkpoint, endOfStore } = this.parts;
    const admin = kafka.admin();
    await admin.connect();
    try {
      this.notice = await prepareTopics(admin, settings);
      this.session = await PublishingSession.open(kafka, admin, {
        // Behind the publisher's, for which users have been given the right.
        transactionalId: `rapport.publisher.states.${storeId}`,
        topics: [...this.parts.topics.map(({ topic }) => topic), PUBLISHER_POSITIONS_TOPIC],
        compression: settings.compression,
      });
      const published = await fenceAndReadPosition(kafka, this.session.producer, KEYS);
      this.published = new PublishedStates(verifiedPosition(published, storeId, await endOfStore()));
      this.held = await checkpoint.takeOver(undefined, endOfStore);
      await this.bootstrapNew(admin, published === undefined);
    } finally {
      await admin.disconnect();
    }
  }

  async look(): Promise<void> {
    const began = performance.now();
    const sent = await this.publishChanged();
    const took = performance.now() - began;
    if (sent < MANY) await sleep(Math.min(Math.max(took, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS));
    else await sleep(PAUSE_AFTER_MANY_MS);
  }

  dueInMs(): number | undefined {
    return this.isWalking ? 0 : undefined;
  }

  async abandon(): Promise<void> {
    const { session } = this;
    this.session = undefined;
    await session?.close();
  }

  /** A topic that is new gets the state of everybody, whoever has changed. */
  private async bootstrapNew(admin: Admin, isFirst: boolean): Promise<void> {
    const topics: string[] = [];
    for (const { topic } of this.parts.topics) {
      if (isFirst || !(await holdsMessages(admin, topic))) topics.push(topic);
    }
    await requestBootstrap(this.parts.pool, topics);
  }

  /** All that is noted at this moment, and parts of the walks in between. @returns how many were sent. */
  private async publishChanged(): Promise<number> {
    const { pool, topics, checkpoint } = this.parts;
    this.isWalking = false;
    const position = await lowestCheckpoint(pool, this.views);
    // Views that are being filled again tell the past.
    if (position === undefined || position < (this.held!.position ?? 0n)) return 0;
    let sent = 0;
    for (const topic of topics) {
      let after: string | undefined;
      for (;;) {
        const changed = await changedStates(pool, topic.topic, after, CHUNK);
        if (changed.length === 0) break;
        if (this.elected.isClosing || !(await this.sendChanged(topic, changed))) return sent;
        sent += changed.length;
        after = changed.at(-1)!.customerId;
        await this.walkOn();
      }
    }
    if (position !== this.held!.position) this.held = await checkpoint.advance(pool, this.held!, position);
    await this.walkOn();
    return sent;
  }

  /** @returns false: a view has yet to come as far as a change. */
  private async sendChanged(topic: StateTopic, changed: readonly ChangedState[]): Promise<boolean> {
    let reached = 0n;
    for (const { position } of changed) if (position > reached) reached = position;
    const customers = changed.map(({ customerId }) => customerId);
    const parked = await this.send(topic, customers, 'with survivors', reached);
    if (parked === undefined) return false;
    const sent = changed.filter(({ customerId }) => !parked.includes(customerId));
    await forgetChanged(this.parts.pool, topic.topic, sent);
    return true;
  }

  /** The next customers of every walk through all of them. */
  private async walkOn(): Promise<void> {
    const { pool, topics } = this.parts;
    this.isWalking = false;
    const walks = await findBootstraps(pool);
    for (const walk of walks) {
      const topic = topics.find(({ topic }) => topic === walk.topic);
      if (topic === undefined || this.elected.isClosing) continue;
      const customers = await topic.customers(walk.after, CHUNK);
      // Woken when the views have come further.
      if ((await this.send(topic, customers, 'these', 0n)) === undefined) continue;
      const isLast = customers.length < CHUNK;
      await moveBootstrap(pool, walk, isLast ? undefined : customers.at(-1));
      this.isWalking ||= !isLast;
    }
  }

  /**
   * Sends the present states of some customers in one transaction.
   * @param reached every view has to have come so far.
   * @returns those for whom nothing can be told at present; undefined: the views have yet to come so far, nothing was sent.
   */
  private async send(
    topic: StateTopic,
    customers: readonly string[],
    scope: StateScope,
    reached: bigint,
  ): Promise<readonly string[] | undefined> {
    if (customers.length === 0) return [];
    const date = this.parts.businessDate();
    const read = await topic.read(customers, date, scope);
    const { position, states, parked } = read;
    if (position === undefined || position < reached || !this.published!.mayFollow(topic.topic, read)) return undefined;
    const messages = [...states].map(([customerId, state]) => ({
      topic: topic.topic,
      message: toStateMessage(topic, customerId, state, { position, date }),
    }));
    const through = this.published!.followedBy(topic.topic, read);
    const last = positionMessage(KEYS, this.parts.storeId, through);
    await this.session!.publish(withLast(toRequests(messages), last), `${messages.length} states`);
    countPublished(topic.topic, messages.length);
    if (parked.length > 0) await noteUnsent(this.parts.pool, topic.topic, parked, reached);
    return parked;
  }
}
