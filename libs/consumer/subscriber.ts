import type { Consumer, EachBatchPayload } from 'kafkajs';
import { CUSTOMER_EVENTS_TOPIC, EVENT_PARTITIONS } from '#contracts/topics.js';
import type { DeadLetterEntry } from './dead-letter.js';
import { DeadLetterLog } from './dead-letter-log.js';
import { type Counts, EventFlow } from './event-flow.js';
import { whileBeating } from './heartbeats.js';
import { orStopping, retryingOf, Stopping } from './retrying.js';
import { type SourceRecord, toSourceRecord } from './source-record.js';
import type { SubscriberOptions } from './subscriber-options.js';

const COMMIT_EVERY_MS = 1_000;
/** As kafkajs has it where nothing is said. */
const HEARTBEAT_EVERY_MS = 3_000;

/**
 * Handles the events of a topic: each at least once (once, with an inbox), and those of one key in order. What cannot be
 * handled is kept among the group's dead letters, and what comes after it of the same key waits there behind it.
 */
export class Subscriber<Client = undefined> {
  /** Settles when it has stopped; rejects when it stopped because it could not go on. */
  readonly ended: Promise<void>;
  private readonly flow: EventFlow<Client>;
  private readonly log: DeadLetterLog;
  private readonly consumer: Consumer;
  private readonly stopping = new AbortController();
  private settled!: { resolve: () => void; reject: (error: Error) => void };
  private readonly retries = new Map<string, Promise<void>>();
  private assigned: ReadonlySet<number> = new Set();
  /** Ends when the partitions are given out anew. */
  private assignment = new AbortController();
  private ready: Promise<void> | undefined;
  private closing: Promise<void> | undefined;

  constructor(private readonly options: SubscriberOptions<Client>) {
    const { kafka, groupId, handlers, otherwise, inbox, retry, mostKeysAMinute = 20 } = options;
    this.log = new DeadLetterLog(kafka, this.topic, groupId);
    this.flow = new EventFlow(this.log, {
      handlers,
      otherwise,
      inbox,
      mostKeysAMinute,
      retrying: retryingOf(retry),
      told: options.onDeadLetter ?? (() => {}),
      signal: this.stopping.signal,
    });
    this.consumer = kafka.consumer({
      // A stop and a new member wait for a fetch that waits for events.
      maxWaitTimeInMs: 1_000,
      ...options.consumer,
      groupId,
      allowAutoTopicCreation: false,
      readUncommitted: false,
    });
    this.ended = new Promise((resolve, reject) => {
      this.settled = { resolve, reject };
    });
  }

  /** How many events met each end, since the start. */
  get counts(): Readonly<Counts> {
    return this.flow.counts;
  }

  /** Resolves when the group has given it partitions, or none. */
  async start(): Promise<void> {
    const { from = 'beginning', partitionsAtOnce = EVENT_PARTITIONS } = this.options;
    this.log.listen(
      (partition, entry) => this.onEntry(partition, entry),
      (error) => this.fail(error),
    );
    try {
      await this.log.openOrMake();
      await this.consumer.connect();
      await this.consumer.subscribe({ topic: this.topic, fromBeginning: from === 'beginning' });
      const { GROUP_JOIN, CRASH } = this.consumer.events;
      const joined = new Promise<void>((resolve, reject) => {
        this.consumer.on(GROUP_JOIN, ({ payload: { memberAssignment } }) => {
          this.onJoined(memberAssignment[this.topic] ?? []);
          resolve();
        });
        this.consumer.on(CRASH, ({ payload: { error, restart } }) => {
          this.assigned = new Set();
          if (restart) return;
          reject(error);
          this.fail(error);
        });
      });
      await this.consumer.run({
        autoCommitInterval: COMMIT_EVERY_MS,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: partitionsAtOnce,
        eachBatch: (payload) => this.take(payload),
      });
      await joined;
    } catch (error) {
      // Told by this call, so that nobody has to listen to `ended` too.
      this.ended.catch(() => {});
      this.fail(error as Error);
      await this.closing;
      throw error;
    }
  }

  /** Finishes what is in hand, commits it, and leaves the group. */
  async stop(): Promise<void> {
    this.closing ??= this.close();
    await this.closing;
    this.settled.resolve();
  }

  /**
   * Goes back to the beginning on every partition that this process has at present. Every process of the group has to,
   * and an inbox has to forget first: it remembers what was handled.
   */
  async seekToBeginning(): Promise<void> {
    const beginnings = await this.log.beginnings();
    for (const partition of this.assigned) {
      this.consumer.seek({ topic: this.topic, partition, offset: beginnings.get(partition)! });
    }
  }

  private get topic(): string {
    return this.options.topic ?? CUSTOMER_EVENTS_TOPIC;
  }

  private get heartbeatMs(): number {
    return this.options.consumer?.heartbeatInterval ?? HEARTBEAT_EVERY_MS;
  }

  private async take(payload: EachBatchPayload): Promise<void> {
    const { batch, heartbeat, resolveOffset, commitOffsetsIfNecessary, isRunning, isStale } = payload;
    if (!(await this.isCaughtUp(heartbeat))) return;
    for (const message of batch.messages) {
      if (!isRunning() || isStale() || this.stopping.signal.aborted) return;
      // Throws when the group is rebalancing, and when this process is no longer a member.
      await heartbeat();
      const record = toSourceRecord(batch.partition, message);
      let isDone = true;
      const lost = await whileBeating(heartbeat, this.heartbeatMs, async (signal) => {
        isDone = await this.isBrought(record, signal);
      });
      // After a seek, the offset to go on from is another one.
      if (isDone && !isStale()) resolveOffset(message.offset);
      if (lost !== undefined) throw lost;
      if (!isDone) return;
      await commitOffsetsIfNecessary();
    }
  }

  private async isCaughtUp(heartbeat: () => Promise<void>): Promise<boolean> {
    try {
      const lost = await whileBeating(heartbeat, this.heartbeatMs, (signal) => {
        return orStopping(this.caughtUp(), AbortSignal.any([signal, this.stopping.signal]));
      });
      return lost === undefined;
    } catch (error) {
      if (error instanceof Stopping) return false;
      throw error;
    }
  }

  private async isBrought(record: SourceRecord, signal: AbortSignal): Promise<boolean> {
    try {
      await this.flow.take(record, signal);
      return true;
    } catch (error) {
      // What Kafka refuses is kafkajs's to repair: the record comes again.
      if ((error as Error).name.startsWith('KafkaJS')) throw error;
      if (!(error instanceof Stopping)) this.fail(error as Error);
      return false;
    }
  }

  private onJoined(partitions: number[]): void {
    this.assigned = new Set(partitions);
    this.assignment.abort();
    this.assignment = new AbortController();
    this.ready = undefined;
    this.caughtUp().catch(() => {
      // The next batch asks again.
    });
  }

  /** Until it is known which keys are held by dead letters of whoever had the partitions before. */
  private caughtUp(): Promise<void> {
    const partitions = [...this.assigned];
    this.ready ??= this.log.caughtUp(partitions).then(
      () => {
        for (const partition of partitions)
          for (const key of this.log.table.asked(partition)) this.retry(partition, key);
      },
      (error) => {
        this.ready = undefined;
        throw error;
      },
    );
    return this.ready;
  }

  private onEntry(partition: number, entry: DeadLetterEntry): void {
    if (entry.kind === 'retry-asked' && this.assigned.has(partition)) this.retry(partition, entry.key);
  }

  private retry(partition: number, key: string): void {
    const name = `${partition}/${key}`;
    const { signal } = this.assignment;
    const isOurs = () => this.assigned.has(partition) && !signal.aborted && !this.stopping.signal.aborted;
    const retried = (this.retries.get(name) ?? Promise.resolve())
      .then(async () => {
        // The same request is met twice when it is read while the partition is taken.
        if (this.log.table.asked(partition).includes(key)) await this.flow.retry(partition, key, isOurs, signal);
      })
      .catch((error) => {
        // It stays asked for: whoever has the partition next does it.
        if (!(error instanceof Stopping) && !(error as Error).name.startsWith('KafkaJS')) this.fail(error);
      })
      .finally(() => {
        if (this.retries.get(name) === retried) this.retries.delete(name);
      });
    this.retries.set(name, retried);
  }

  private fail(error: Error): void {
    this.closing ??= this.close();
    void this.closing.then(() => this.settled.reject(error));
  }

  private async close(): Promise<void> {
    this.stopping.abort();
    if (this.retries.size > 0) {
      // While a dead letter is in hand, nobody else may have its partition.
      this.consumer.pause([{ topic: this.topic }]);
      await Promise.allSettled(this.retries.values());
    }
    await this.consumer.stop();
    await Promise.allSettled([this.consumer.disconnect(), this.log.close()]);
  }
}
