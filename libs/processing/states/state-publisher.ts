import type { Admin } from 'kafkajs';
import { lowestCheckpoint } from '../checkpoint-status.js';
import type { Checkpoint } from '../checkpoints.js';
import { Elected, type ElectedParts } from '../elected.js';
import { holdsMessages, prepareTopics } from '../kafka/topic-administration.js';
import type { Position } from '../processor.js';
import { AheadOfViews } from './ahead-of-views.js';
import { BOOTSTRAP_REQUESTED, findBootstraps, moveBootstrap, requestBootstrap } from './bootstraps.js';
import { type ChangedState, changedStates, forgetChanged } from './changed-states.js';
import { type Sent, StateSender, type StateSenderParts } from './state-sender.js';
import type { StateTopic } from './state-topic.js';

/** The name of the lease and of the checkpoint, and the one that health and status tell. */
export const STATE_PUBLISHER = 'state_publisher';

export interface StatePublisherParts extends ElectedParts, StateSenderParts {
  checkpoint: Pick<Checkpoint, 'takeOver' | 'advance'>;
}

/** How many customers' states go into one transaction. */
const CHUNK = 500;
/**
 * The pause after a look, so that bursts fold: as long as it took. After many states it is several times as long: an import
 * changes a customer several times within seconds, each message takes as much as a few events, and all of it runs in one
 * thread with the views.
 */
const SHORTEST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 250;
const MANY = 50;
const TIMES_AFTER_MANY = 8;
const SHORTEST_AFTER_MANY_MS = 1_000;
const LONGEST_AFTER_MANY_MS = 10_000;

/**
 * Sends the state of each customer that has changed to the state topics: the rows as they are when it sends, so that
 * many changes are one message and a state never goes back. Of all workers the one that holds the lease does. Whatever
 * changes a row has noted that in its transaction, so nothing is lost in a crash; what was sent and not yet forgotten is
 * sent again. The checkpoint says up to which position every change has been sent.
 */
export class StatePublisher extends Elected {
  readonly name = STATE_PUBLISHER;
  readonly kind = 'publisher';
  protected readonly wokenBy: readonly string[];
  /** What is not as declared about the topics. */
  notice: string | undefined;
  private readonly views: readonly string[];
  private sender: StateSender | undefined;
  /** By topic. */
  private readonly ahead = new Map<string, AheadOfViews>();
  /** There is something to send although nothing moves: the next customers of a walk, or what waits for this look. */
  private isDue = false;

  constructor(private readonly parts: StatePublisherParts) {
    super(parts);
    this.views = [...new Set(parts.topics.flatMap(({ views }) => views))];
    this.wokenBy = [...this.views, BOOTSTRAP_REQUESTED];
  }

  /**
   * Rows are read only from here on: whoever published before is fenced off, so nobody can send an older state after a
   * newer one.
   */
  protected async open(): Promise<void> {
    const { kafka, settings, checkpoint, endOfStore } = this.parts;
    const admin = kafka.admin();
    await admin.connect();
    try {
      this.notice = await prepareTopics(admin, settings);
      this.sender = await StateSender.open(this.parts, admin);
      this.held = await checkpoint.takeOver(undefined, endOfStore);
      this.ahead.clear();
      await this.bootstrapNew(admin, this.sender.isFirst);
    } finally {
      await admin.disconnect();
    }
  }

  protected async look(): Promise<number> {
    const began = performance.now();
    const sent = await this.publishChanged();
    return pauseAfter(sent, performance.now() - began);
  }

  protected dueInMs(): number | undefined {
    return this.isDue ? 0 : undefined;
  }

  protected override async abandon(): Promise<void> {
    const { sender } = this;
    this.sender = undefined;
    await sender?.close();
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
    this.isDue = false;
    const reached = await lowestCheckpoint(pool, this.views);
    // Views that are being filled again tell the past.
    if (reached === undefined || reached < (this.held!.position ?? 0n)) return 0;
    let sent = 0;
    let complete: Position = reached;
    for (const topic of topics) {
      const of = await this.publishTopic(topic, reached);
      sent += of.sent;
      if (of.complete === undefined || complete === undefined) complete = undefined;
      else if (of.complete < complete) complete = of.complete;
      if (!this.goesOn) return sent;
    }
    if (complete !== undefined && complete > (this.held!.position ?? -1n)) {
      this.held = await checkpoint.advance(pool, this.held!, complete);
    }
    await this.walkOn();
    return sent;
  }

  /** @returns how many were sent, and up to where every change is then; undefined: some could not be sent. */
  private async publishTopic(topic: StateTopic, reached: bigint): Promise<{ sent: number; complete: Position }> {
    const ahead = this.ahead.get(topic.topic) ?? new AheadOfViews(this.held!.position ?? -1n);
    this.ahead.set(topic.topic, ahead);
    ahead.beginLook(reached);
    let sent = 0;
    let after: string | undefined;
    for (;;) {
      const changed = await changedStates(this.parts.pool, topic.topic, after, CHUNK);
      if (changed.length === 0) break;
      const due = changed.filter((change) => ahead.isDue(change));
      const told = await this.sendChanged(topic, due, reached);
      if (told === undefined) {
        this.ahead.delete(topic.topic);
        return { sent, complete: undefined };
      }
      for (const change of due) ahead.sent(change, told.position);
      sent += told.count;
      after = changed.at(-1)!.customerId;
      await this.walkOn();
      if (!this.goesOn) return { sent, complete: undefined };
    }
    this.isDue ||= ahead.isWaiting;
    return { sent, complete: ahead.complete };
  }

  /** Sends what is due, and forgets what every view has come as far as. @returns undefined: it may not be sent yet. */
  private async sendChanged(
    topic: StateTopic,
    due: readonly ChangedState[],
    reached: bigint,
  ): Promise<Sent | undefined> {
    const customers = due.map(({ customerId }) => customerId);
    const sent = await this.sender!.send(topic, customers, 'with survivors', reached);
    if (sent === undefined) return undefined;
    if (sent.count > 0) this.markRunning();
    const parked = new Set(sent.parked);
    const told = due.filter(({ customerId, position }) => position <= sent.position && !parked.has(customerId));
    if (told.length > 0) await forgetChanged(this.parts.pool, topic.topic, told);
    return sent;
  }

  /** The next customers of every walk through all of them. */
  private async walkOn(): Promise<void> {
    const { pool, topics } = this.parts;
    const walks = await findBootstraps(pool);
    for (const walk of walks) {
      const topic = topics.find(({ topic }) => topic === walk.topic);
      if (topic === undefined || !this.goesOn) continue;
      const customers = await topic.customers(walk.after, CHUNK);
      // Woken when the views have come further.
      if ((await this.sender!.send(topic, customers, 'these', 0n)) === undefined) continue;
      const isLast = customers.length < CHUNK;
      await moveBootstrap(pool, walk, isLast ? undefined : customers.at(-1));
      this.isDue ||= !isLast;
    }
  }
}

function pauseAfter(sent: number, tookMs: number): number {
  const isMany = sent >= MANY;
  const [shortest, longest] = isMany
    ? [SHORTEST_AFTER_MANY_MS, LONGEST_AFTER_MANY_MS]
    : [SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS];
  return Math.min(Math.max(isMany ? TIMES_AFTER_MANY * tookMs : tookMs, shortest), longest);
}
