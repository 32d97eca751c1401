import { Kafka, logLevel } from 'kafkajs';
import { pino } from 'pino';
import { newId } from '#contracts/ids.js';
import { CUSTOMER_EVENTS_TOPIC } from '#contracts/topics.js';
import { connect } from '#event-store/event-store.js';
import { PersonalDataCipher } from '#event-store/personal-data-cipher.js';
import { Engine } from '#processing/engine.js';
import { PersonKeysInMemory } from '#testing/command-process.js';
import { EventLoad } from '#testing/event-load.js';
import { wrongAbout } from '#testing/once-in-order.js';
import type { Publishing } from '#testing/publishing.js';
import { until } from '#testing/spec-worker.js';
import { type Measurement, p99Of, perSecond } from '../report.js';

const EVENTS = 50_000;
const RATE = 200;
const SECONDS = 30;
const LIMIT_MS = 300_000;

/** End to end: what stands in the store, and how long one event takes from there. */
export async function fromStore(publishing: Publishing, eventStoreUrl: string): Promise<Measurement[]> {
  const store = connect(eventStoreUrl, new PersonalDataCipher(new PersonKeysInMemory()));
  try {
    await publishing.reset();
    publishing.storeId = await store.storeId(newId());
    publishing.end = BigInt(Number.MAX_SAFE_INTEGER);
    const load = new EventLoad(store);
    while (load.count < EVENTS) await load.append(Math.min(50, EVENTS - load.count));
    const engine = new Engine(store, [publishing.publisher()], pino({ level: 'silent' }));
    const measurements = [await backlog(engine, load), await latency(publishing, load)];
    await engine.close();
    const wrong = wrongAbout(await publishing.published(load.count), load.appended);
    if (wrong.length > 0) throw new Error(`What was published is not what was appended: ${wrong.slice(0, 3)}`);
    return measurements;
  } finally {
    await store.close();
  }
}

async function backlog(engine: Engine, load: EventLoad): Promise<Measurement> {
  engine.start();
  const [runner] = engine.runners;
  await until(() => runner!.isRunning, LIMIT_MS);
  const began = performance.now();
  await until(() => (runner!.position ?? 0n) >= load.position, LIMIT_MS);
  const rate = EVENTS / ((performance.now() - began) / 1_000);
  return { what: 'from the store, end to end', figure: perSecond(rate), aim: 'told', reached: true };
}

/** From before the append until a subscriber of committed data has it. */
async function latency(publishing: Publishing, load: EventLoad): Promise<Measurement> {
  const appendedAt = new Map<string, number>();
  const took: number[] = [];
  const kafka = new Kafka({ brokers: publishing.servers.kafkaBrokers, logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `bench-${newId()}`, readUncommitted: false, maxWaitTimeInMs: 500 });
  await consumer.connect();
  await consumer.subscribe({ topic: CUSTOMER_EVENTS_TOPIC, fromBeginning: false });
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ message }) => {
      const began = appendedAt.get(String(message.headers?.ce_id));
      if (began !== undefined) took.push(performance.now() - began);
    },
  });
  await joined;
  const every = 1_000 / RATE;
  const start = performance.now();
  for (let n = 0; n < RATE * SECONDS; n += 1) {
    const wait = start + n * every - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const began = performance.now();
    await load.append(1, ([id]) => appendedAt.set(id!, began));
  }
  await until(() => took.length >= RATE * SECONDS, LIMIT_MS);
  await consumer.disconnect();
  took.sort((a, b) => a - b);
  return p99Of(`from append to a subscriber, ${RATE} events/s`, took[Math.floor(took.length * 0.99)]!, 250);
}
