import { type Consumer, Kafka, type KafkaMessage, logLevel, type Message } from 'kafkajs';
import { CUSTOMER_EVENTS_TOPIC } from '#contracts/topics.js';

export interface PublishedEvent {
  id: string;
  key: string;
  position: bigint;
  partition: number;
  headers: Record<string, string>;
  data: object;
  /** When the record says that it was made, RFC 3339 UTC. */
  timestamp: string;
}

/**
 * Everything that a subscriber who reads committed data finds on an events topic, partition by partition.
 * @param count how many there should be; reading goes on for as long as that many have not come.
 */
export async function publishedEvents(
  brokers: string[],
  count = 0,
  topic = CUSTOMER_EVENTS_TOPIC,
): Promise<PublishedEvent[]> {
  const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `spec-${Date.now()}`, readUncommitted: false });
  const admin = kafka.admin();
  await Promise.all([consumer.connect(), admin.connect()]);
  try {
    // The end of each partition now: a message too many is found as well as one too few.
    const offsets = await admin.fetchTopicOffsets(topic);
    const ends = new Map(offsets.map(({ partition, high }) => [partition, BigInt(high)]));
    return await readUpTo(consumer, topic, ends, count);
  } finally {
    await Promise.all([consumer.disconnect(), admin.disconnect()]);
  }
}

async function readUpTo(consumer: Consumer, topic: string, ends: Map<number, bigint>, count: number) {
  const events: PublishedEvent[] = [];
  const open = new Set([...ends].filter(([, end]) => end > 0n).map(([partition]) => partition));
  if (open.size === 0 && count === 0) return events;
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Only ${events.length} of ${count} events came.`)), 60_000);
    // Told of what is hidden too: markers, and all that was aborted.
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
      if (BigInt(lastOffset) + 1n >= ends.get(partition)!) open.delete(partition);
      if (open.size > 0 || events.length < count) return;
      clearTimeout(timer);
      resolve();
    });
    consumer
      .run({
        autoCommit: false,
        eachMessage: async ({ partition, message: { key, value, headers, timestamp } }) => {
          const texts = Object.fromEntries(Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)]));
          events.push({
            id: texts.ce_id ?? '',
            key: String(key),
            position: BigInt(texts.ce_position ?? -1),
            partition,
            headers: texts,
            data: JSON.parse(String(value)) as object,
            timestamp: new Date(Number(timestamp)).toISOString(),
          });
        },
      })
      .catch(reject);
  });
  return events;
}

/** A message as a consumer gets it. */
export function asReceived({ key, value, headers, timestamp }: Message, offset = '0'): KafkaMessage {
  const bytes = (text: unknown) => Buffer.from(String(text));
  return {
    key: bytes(key),
    value: bytes(value),
    headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, text]) => [name, bytes(text)])),
    timestamp: timestamp ?? '0',
    offset,
    attributes: 0,
  };
}
