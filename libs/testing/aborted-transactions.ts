import { Kafka, logLevel } from 'kafkajs';
import { newId } from '#contracts/ids.js';

/** What kafkajs knows of a record but does not type. */
interface RawRecord {
  key: Buffer | null;
  isControlRecord: boolean;
  batchContext: { producerId: string; producerEpoch: number };
}

/** The key of a control record that ends an aborted transaction: version 0, type 0. */
const ABORT = Buffer.from([0, 0, 0, 0]);

/**
 * The transactions that were aborted after they had touched a topic, as its control records tell: `producer/epoch`. The
 * marker that ends the transaction of a fenced producer carries the epoch that fenced it, which is another one each time.
 */
export async function abortedTransactions(brokers: string[], topic: string): Promise<Set<string>> {
  const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `spec-${newId()}`, readUncommitted: true });
  const admin = kafka.admin();
  await Promise.all([consumer.connect(), admin.connect()]);
  const aborted = new Set<string>();
  try {
    const offsets = await admin.fetchTopicOffsets(topic);
    const ends = new Map(offsets.map(({ partition, high }) => [partition, BigInt(high)]));
    const open = new Set([...ends].filter(([, end]) => end > 0n).map(([partition]) => partition));
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`Partitions ${[...open]} were not read to their ends.`)), 60_000);
      // A batch of nothing but markers is not given to a consumer, but it is told of.
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
        if (BigInt(lastOffset) + 1n >= ends.get(partition)!) open.delete(partition);
        if (open.size > 0) return;
        clearTimeout(timer);
        resolve();
      });
      consumer
        .run({
          autoCommit: false,
          eachBatch: async ({ batch }) => {
            for (const record of (batch as unknown as { rawMessages: RawRecord[] }).rawMessages) {
              if (!record.isControlRecord || !record.key?.equals(ABORT)) continue;
              aborted.add(`${record.batchContext.producerId}/${record.batchContext.producerEpoch}`);
            }
          },
        })
        .catch(reject);
    });
  } finally {
    await Promise.all([consumer.disconnect(), admin.disconnect()]);
  }
  return aborted;
}
