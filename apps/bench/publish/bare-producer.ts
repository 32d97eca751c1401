import { Kafka, logLevel } from 'kafkajs';
import { CUSTOMER_EVENTS_TOPIC } from '#contracts/topics.js';
import { toCloudEvent } from '#processing/kafka/cloud-event.js';
import { purchases } from './purchases.js';

/**
 * The reference, in a process of its own because the publisher takes the encoding over from kafkajs in the whole
 * process: an idempotent kafkajs producer that sends messages made before, batch after batch. It says how many a second.
 * `node bare-producer.js BROKERS BATCH WARM-UP MESSAGES`
 */
const [brokers, batch, warmUp, messages] = process.argv.slice(2);
const kafka = new Kafka({ brokers: brokers!.split(','), logLevel: logLevel.NOTHING });
const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
await producer.connect();
await send(Number(warmUp));
const prepared = Number(messages);
process.stdout.write(`${JSON.stringify({ perSecond: await send(prepared) })}\n`);
await producer.disconnect();

async function send(count: number): Promise<number> {
  const all = purchases(0, count).map((event) => toCloudEvent(event));
  const began = performance.now();
  for (let at = 0; at < count; at += Number(batch)) {
    const part = all.slice(at, at + Number(batch));
    await producer.sendBatch({ topicMessages: [{ topic: CUSTOMER_EVENTS_TOPIC, messages: part }] });
  }
  return count / ((performance.now() - began) / 1_000);
}
