import { Publishing } from '#testing/publishing.js';
import { startServers } from '#testing/servers.js';
import type { Measurement } from '../report.js';
import { fromStore } from './from-store.js';
import { sinkAgainstBare } from './sink.js';

/** The publisher, beside bare kafkajs on the same broker. Named brokers lose every topic of Rapport's. */
export async function benchPublish(): Promise<Measurement[]> {
  const broker = process.env.KAFKA_BROKERS ? 'Kafka as KAFKA_BROKERS names it' : 'the stand-in, not a real Kafka';
  process.stderr.write(`Measured on ${broker}.\n`);
  const publishing = await Publishing.start();
  const { eventStoreUrl, stop } = await startServers({ only: ['event-store'] });
  try {
    return [
      await sinkAgainstBare(publishing, 1_000, 50_000, 0.75),
      await sinkAgainstBare(publishing, 100, 20_000, 0.45),
      ...(await fromStore(publishing, eventStoreUrl)),
    ];
  } finally {
    await stop();
    await publishing.stop();
  }
}
