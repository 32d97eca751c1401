import type { RecordMetadata, TopicMessages } from 'kafkajs';
import { type ProduceArguments, watchProduceRequests } from './lean-produce.js';

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
   * @throws Error when a record went out twice or not at all: the transaction must not be committed.
   */
  verify(sent: TopicMessages[], answers: RecordMetadata[]): void {
    const answered = new Set(answers.map(({ topicName, partition }) => nameOf(topicName, partition)));
    let records = 0;
    for (const [partition, bySequence] of this.requests) {
      if (bySequence.size > 1) throw new Error(`The records of ${partition} were sent more than once.`);
      if (!answered.has(partition)) throw new Error(`No broker has answered for the records of ${partition}.`);
      for (const count of bySequence.values()) records += count;
    }
    const meant = sent.reduce((sum, { messages }) => sum + messages.length, 0);
    if (records !== meant) throw new Error(`${records} records were sent instead of ${meant}.`);
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

function nameOf(topic: string, partition: number | string): string {
  return `${topic}-${partition}`;
}
