import type { RecordMetadata, TopicMessages } from 'kafkajs';
import { type ProduceArguments, watchProduceRequests } from './lean-produce.js';

/** The offset after the last record that was sent to a partition. */
export interface PartitionEnd {
  topic: string;
  partition: number;
  end: bigint;
}

/**
 * Holds kafkajs to what it was told to send. It retries a send as a whole: while the request to one broker has failed
 * and that to another is under way, the other's is made once more, with sequence numbers of its own, and its records
 * are in the transaction twice; and what has moved to a broker that has answered is left out. Neither is an error to it.
 */
export class SentRecords {
  /** Per partition: how many records went out under which first sequence number. Under the same one they count once. */
  private readonly requests = new Map<string, Map<number, number>>();
  private readonly unwatch: () => void;

  constructor(private readonly transactionalId: string) {
    this.unwatch = watchProduceRequests((given) => this.note(given));
  }

  /** Before a send. */
  begin(): void {
    this.requests.clear();
  }

  /**
   * After a send.
   * @returns where each partition that got some ends with them.
   * @throws Error when a record went out twice or not at all: the transaction must not be committed.
   */
  verify(sent: TopicMessages[], answers: RecordMetadata[]): PartitionEnd[] {
    const answered = new Map(answers.map((answer) => [nameOf(answer.topicName, answer.partition), answer]));
    const ends: PartitionEnd[] = [];
    let records = 0;
    for (const [partition, bySequence] of this.requests) {
      if (bySequence.size > 1) throw new Error(`The records of ${partition} were sent more than once.`);
      const answer = answered.get(partition);
      if (!answer) throw new Error(`No broker has answered for the records of ${partition}.`);
      for (const count of bySequence.values()) {
        records += count;
        ends.push({ topic: answer.topicName, partition: answer.partition, end: endOf(answer, count) });
      }
    }
    const meant = sent.reduce((sum, { messages }) => sum + messages.length, 0);
    if (records !== meant) throw new Error(`${records} records were sent instead of ${meant}.`);
    return ends;
  }

  close(): void {
    this.unwatch();
  }

  private note({ transactionalId, topicData }: ProduceArguments): void {
    if (transactionalId !== this.transactionalId) return;
    for (const { topic, partitions } of topicData) {
      for (const { partition, firstSequence, messages } of partitions) {
        const name = nameOf(topic, partition);
        const bySequence = this.requests.get(name) ?? new Map<number, number>();
        bySequence.set(firstSequence, messages.length);
        this.requests.set(name, bySequence);
      }
    }
  }
}

function endOf({ baseOffset, topicName, partition }: RecordMetadata, count: number): bigint {
  const base = BigInt(baseOffset ?? -1);
  if (base < 0n) throw new Error(`The broker does not say where the records of ${topicName}-${partition} stand.`);
  return base + BigInt(count);
}

function nameOf(topic: string, partition: number | string): string {
  return `${topic}-${partition}`;
}
