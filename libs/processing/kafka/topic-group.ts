import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { CUSTOMER_EVENTS_TOPIC, EVENT_PARTITIONS } from '#contracts/topics.js';
import type { Logger } from '#platform/logger.js';

/** Under which group workers share the partitions, and keep the offsets from which they begin to look. */
export const PROJECTIONS_GROUP = 'rapport.projections';

/**
 * The least that brokers allow unless told otherwise: when a worker is killed, its partitions are given to others after
 * that, which may take ten seconds in all.
 */
const SESSION_MS = 6_000;
const HEARTBEAT_MS = 1_000;
/**
 * After so long without a heartbeat that was answered the partitions are somebody else's: longer than a rebalance takes, in
 * which there is none. kafkajs would try on for minutes.
 */
const SILENT_MS = 2 * SESSION_MS;
/** How long a fetch waits for events: heartbeats and all that pauses and goes on wait for it. */
const FETCH_WAIT_MS = 250;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;

/** What the group has given to this worker, and by which connections it is read. */
export interface Assignment {
  consumer: Consumer;
  admin: Admin;
  partitions: ReadonlySet<number>;
}

export interface GroupListener {
  /** The partitions were given out anew, or this worker has none any more. */
  assigned(assignment: Assignment | undefined): void;
  batch(payload: EachBatchPayload): Promise<void>;
  /** Records that nobody is meant to see: markers of transactions, and what was aborted. */
  hidden(partition: number, first: bigint, last: bigint): void;
}

/** Keeps this worker in the group that shares the partitions of the topic of customer events. */
export class TopicGroup {
  private readonly closing = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly logger: Logger,
    private readonly listener: GroupListener,
  ) {}

  /** Resolves when the group has given it partitions for the first time, or could not. */
  start(): Promise<void> {
    return new Promise((resolve) => {
      this.running = this.keepJoined(resolve);
    });
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.running;
  }

  private async keepJoined(settled: () => void): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (!this.closing.signal.aborted) {
      const began = performance.now();
      const error = await this.stayJoined(settled);
      settled();
      if (this.closing.signal.aborted) return;
      this.logger.warn({ err: error }, `The group ${PROJECTIONS_GROUP} was left: ${error?.message}`);
      if (performance.now() - began > LONGEST_RETRY_MS) retryMs = FIRST_RETRY_MS;
      await sleep(retryMs, undefined, { signal: this.closing.signal }).catch(() => {});
      retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS);
    }
  }

  /** @returns why it is not a member any more; undefined: it was told to leave. */
  private async stayJoined(joined: () => void): Promise<Error | undefined> {
    const admin = this.kafka.admin();
    const consumer = this.kafka.consumer({
      groupId: PROJECTIONS_GROUP,
      sessionTimeout: SESSION_MS,
      rebalanceTimeout: SESSION_MS,
      heartbeatInterval: HEARTBEAT_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      allowAutoTopicCreation: false,
      readUncommitted: false,
      // Begun anew here: with what kafkajs restarts by itself nobody hears when the partitions are gone.
      retry: { retries: 3, restartOnFailure: async () => false },
    });
    const { signal } = this.closing;
    const over: (() => void)[] = [];
    try {
      await Promise.all([admin.connect(), consumer.connect()]);
      await consumer.subscribe({ topic: CUSTOMER_EVENTS_TOPIC, fromBeginning: true });
      const { GROUP_JOIN, HEARTBEAT, REBALANCING, CRASH, END_BATCH_PROCESS } = consumer.events;
      const unjoined = consumer.on(GROUP_JOIN, ({ payload: { memberAssignment } }) => {
        const partitions = new Set(memberAssignment[CUSTOMER_EVENTS_TOPIC] ?? []);
        this.logger.info({ partitions: [...partitions] }, 'Kafka has given out the partitions.');
        this.listener.assigned({ consumer, admin, partitions });
        joined();
      });
      over.push(unjoined);
      consumer.on(END_BATCH_PROCESS, ({ payload: { partition, batchSize, firstOffset, lastOffset } }) => {
        if (batchSize === 0 && firstOffset !== null)
          this.listener.hidden(partition, BigInt(firstOffset), BigInt(lastOffset));
      });
      const ended = new Promise<Error | undefined>((resolve) => {
        consumer.on(CRASH, ({ payload: { error } }) => resolve(error));
        let silence: NodeJS.Timeout | undefined;
        const heard = () => {
          clearTimeout(silence);
          silence = setTimeout(() => resolve(new Error('Kafka has answered no heartbeat.')), SILENT_MS);
        };
        over.push(...[GROUP_JOIN, REBALANCING, HEARTBEAT].map((event) => consumer.on(event, heard)));
        over.push(() => clearTimeout(silence));
        const leave = () => resolve(undefined);
        signal.addEventListener('abort', leave);
        over.push(() => signal.removeEventListener('abort', leave));
        if (signal.aborted) leave();
      });
      await consumer.run({
        autoCommit: false,
        partitionsConsumedConcurrently: EVENT_PARTITIONS,
        eachBatch: (payload) => this.listener.batch(payload),
      });
      return await ended;
    } catch (error) {
      return error as Error;
    } finally {
      for (const end of over) end();
      // At once: a broker that is away may hold up the parting.
      if (!signal.aborted) this.listener.assigned(undefined);
      await Promise.allSettled([consumer.disconnect(), admin.disconnect()]);
    }
  }
}
