import { randomUUID } from 'node:crypto';
import type { Admin, Consumer, Kafka, Message, Producer } from 'kafkajs';
import {
  type DeadLetter,
  type DeadLetterEntry,
  deadLetterTopic,
  entryOf,
  letterGoneMessage,
  letterMessage,
  markerMessage,
  retryAskedMessage,
  retryDoneMessage,
} from './dead-letter.js';
import { DeadLetterTable } from './dead-letter-table.js';
import { makeTopic } from './new-topic.js';

/**
 * The dead letters of one consumer group, as Kafka keeps them: a compacted topic with as many partitions as the one
 * subscribed to. Every process that needs them reads all of it and goes on reading; there are few.
 */
export class DeadLetterLog {
  readonly table = new DeadLetterTable();
  readonly topic: string;
  private readonly producer: Producer;
  private readonly reader: Consumer;
  private readonly admin: Admin;
  /** How far each partition was read. */
  private readonly read = new Map<number, bigint>();
  private readonly waiting = new Map<string, () => void>();
  private listener: (partition: number, entry: DeadLetterEntry) => void = () => {};
  private failedWith: (error: Error) => void = () => {};

  constructor(
    kafka: Kafka,
    private readonly source: string,
    groupId: string,
  ) {
    this.topic = deadLetterTopic(source, groupId);
    this.producer = kafka.producer({ allowAutoTopicCreation: false });
    this.admin = kafka.admin();
    // A group of its own, which ends with it: it takes every partition, whatever others read.
    this.reader = kafka.consumer({
      groupId: `${groupId}.dead-letters.${randomUUID()}`,
      allowAutoTopicCreation: false,
      readUncommitted: false,
      maxWaitTimeInMs: 1_000,
    });
  }

  /** Makes the topic where it is missing, and begins to read. */
  async openOrMake(): Promise<void> {
    await this.admin.connect();
    await this.ensureTopic();
    await this.open();
  }

  /** Begins to read. */
  async open(): Promise<void> {
    await Promise.all([this.producer.connect(), this.reader.connect(), this.admin.connect()]);
    await this.reader.subscribe({ topic: this.topic, fromBeginning: true });
    this.reader.on(this.reader.events.CRASH, ({ payload: { error, restart } }) => {
      if (!restart) this.failedWith(error);
    });
    await this.reader.run({
      autoCommit: false,
      eachMessage: async ({ partition, message }) => {
        const offset = BigInt(message.offset);
        // A reader that joins anew begins at the beginning again.
        if (offset <= (this.read.get(partition) ?? -1n)) return;
        this.read.set(partition, offset);
        const entry = entryOf(partition, message);
        if (entry === undefined) return;
        this.table.apply(partition, offset, entry);
        if (entry.kind === 'marker') this.waiting.get(`${partition}/${entry.id}`)?.();
        this.listener(partition, entry);
      },
    });
  }

  /** @param listener is told of every entry that is read, those of other processes too. */
  listen(listener: (partition: number, entry: DeadLetterEntry) => void, failed: (error: Error) => void): void {
    this.listener = listener;
    this.failedWith = failed;
  }

  /** Resolves when the table has everything that was written to the partitions before the call. */
  async caughtUp(partitions: number[]): Promise<void> {
    if (partitions.length === 0) return;
    const id = randomUUID();
    const read = partitions.map((partition) => {
      return new Promise<void>((resolve) => {
        this.waiting.set(`${partition}/${id}`, resolve);
      });
    });
    try {
      await this.send(partitions.map((partition) => ({ ...markerMessage(id), partition })));
      await Promise.all(read);
    } finally {
      for (const partition of partitions) this.waiting.delete(`${partition}/${id}`);
    }
  }

  put(letter: DeadLetter): Promise<void> {
    return this.write(letter.record.partition, letterMessage(letter), { kind: 'letter', letter });
  }

  remove({ record: { partition, offset } }: DeadLetter): Promise<void> {
    return this.write(partition, letterGoneMessage(offset), { kind: 'letter-gone', offset });
  }

  askRetry(partition: number, key: string): Promise<void> {
    const at = new Date().toISOString();
    return this.write(partition, retryAskedMessage(key, at), { kind: 'retry-asked', key });
  }

  retryDone(partition: number, key: string): Promise<void> {
    return this.write(partition, retryDoneMessage(key), { kind: 'retry-done', key });
  }

  /** The numbers of the topic's partitions. */
  async partitions(): Promise<number[]> {
    const { topics } = await this.admin.fetchTopicMetadata({ topics: [this.topic] });
    return topics[0]!.partitions.map(({ partitionId }) => partitionId);
  }

  /** Whether a subscriber of the group ever ran. */
  async exists(): Promise<boolean> {
    await this.admin.connect();
    return (await this.admin.listTopics()).includes(this.topic);
  }

  /** The offsets at which the partitions of the topic subscribed to begin. */
  async beginnings(): Promise<Map<number, string>> {
    const offsets = await this.admin.fetchTopicOffsets(this.source);
    return new Map(offsets.map(({ partition, low }) => [partition, low]));
  }

  async close(): Promise<void> {
    await Promise.all([this.producer.disconnect(), this.reader.disconnect(), this.admin.disconnect()]);
  }

  private async ensureTopic(): Promise<void> {
    const { topics } = await this.admin.fetchTopicMetadata({ topics: [this.source] });
    await makeTopic(this.admin, {
      topic: this.topic,
      numPartitions: topics[0]!.partitions.length,
      configEntries: [{ name: 'cleanup.policy', value: 'compact' }],
    });
  }

  private async write(partition: number, message: Message, entry: DeadLetterEntry): Promise<void> {
    const [written] = await this.send([{ ...message, partition }]);
    this.table.apply(partition, BigInt(written!.baseOffset ?? -1), entry);
  }

  private send(messages: Message[]) {
    return this.producer.send({ topic: this.topic, messages, acks: -1 });
  }
}
