import { Kafka, logLevel } from 'kafkajs';
import { CUSTOMER_EVENTS_TOPIC } from '#contracts/topics.js';

export interface PublishedEvent {
  id: string;
  key: string;
  position: bigint;
}

/**
 * Everything that a subscriber who reads committed data finds on the customer events topic, partition by partition.
 * @param count how many there should be; reading goes on for as long as that many have not come.
 */
export async function publishedEvents(brokers: string[], count: number): Promise<PublishedEvent[]> {
  const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `spec-${Date.now()}`, readUncommitted: false });
  const admin = kafka.admin();
  const events: PublishedEvent[] = [];
  await Promise.all([consumer.connect(), admin.connect()]);
  try {
    // The end of each partition now: a message too many is found as well as one too few.
    const ends = new Map(
      (await admin.fetchTopicOffsets(CUSTOMER_EVENTS_TOPIC)).map(({ partition, high }) => [partition, BigInt(high)]),
    );
    const open = new Set([...ends].filter(([, end]) => end > 0n).map(([partition]) => partition));
    await consumer.subscribe({ topic: CUSTOMER_EVENTS_TOPIC, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`Only ${events.length} of ${count} events came.`)), 60_000);
      consumer
        .run({
          autoCommit: false,
          eachBatch: async ({ batch }) => {
            for (const { key, headers } of batch.messages) {
              events.push({
                id: String(headers?.ce_id),
                key: String(key),
                position: BigInt(String(headers?.ce_position)),
              });
            }
            // The last offset of a transactional partition is a marker, and no message.
            if (BigInt(batch.lastOffset()) + 2n >= ends.get(batch.partition)!) open.delete(batch.partition);
            if (events.length >= count && open.size === 0) {
              clearTimeout(timer);
              resolve();
            }
          },
        })
        .catch(reject);
    });
  } finally {
    await Promise.all([consumer.disconnect(), admin.disconnect()]);
  }
  return events;
}
