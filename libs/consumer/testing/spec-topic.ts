import type { Kafka, Message } from 'kafkajs';
import { EVENT_PARTITIONS } from '#contracts/topics.js';
import { makeTopic } from '../new-topic.js';

/** Makes an events topic that a spec has for itself. */
export async function makeEventsTopic(kafka: Kafka, topic: string): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    // Records are as old as what they tell: without this a real broker soon deletes them, in the middle of a spec.
    const configEntries = [{ name: 'retention.ms', value: '-1' }];
    await makeTopic(admin, { topic, numPartitions: EVENT_PARTITIONS, configEntries });
  } finally {
    await admin.disconnect();
  }
}

/** Publishes as Rapport does: in a transaction. */
export async function publishTo(
  kafka: Kafka,
  topic: string,
  messages: Message[],
  end: 'commit' | 'abort' = 'commit',
): Promise<void> {
  const producer = kafka.producer({ transactionalId: topic, idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  try {
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages });
    await transaction[end]();
  } finally {
    await producer.disconnect();
  }
}
