import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Recorded } from '#contracts/envelope.js';
import { CUSTOMER_EVENTS_TOPIC } from '#contracts/topics.js';
import { wrongAbout } from '#testing/once-in-order.js';
import type { Publishing } from '#testing/publishing.js';
import { type Measurement, median, perSecond, ratioOf } from '../report.js';
import { purchases } from './purchases.js';

const ROUNDS = 3;
const WARM_UP = 20_000;

/** The sink fed from memory, transaction, position and mirror included, against bare sends of the same messages. */
export async function sinkAgainstBare(
  publishing: Publishing,
  batch: number,
  messages: number,
  least: number,
): Promise<Measurement> {
  const sink: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    sink.push(await ofSink(publishing, batch, messages));
    bare.push(await ofBareProducer(publishing, batch, messages));
    const [ours, theirs] = [perSecond(sink.at(-1)!), perSecond(bare.at(-1)!)];
    process.stderr.write(`Batches of ${batch}, round ${round + 1}: publisher ${ours}, bare ${theirs}.\n`);
  }
  const what = `publisher fed from memory, batches of ${batch.toLocaleString('en')}`;
  return ratioOf(what, median(sink), 'kafkajs sendBatch, idempotent', median(bare), least);
}

async function ofSink(publishing: Publishing, batch: number, messages: number): Promise<number> {
  await publishing.reset();
  const publisher = publishing.publisher();
  await publisher.open();
  const warmUp = Math.min(WARM_UP, messages);
  const events = purchases(1, warmUp + messages);
  const send = async (from: number, to: number) => {
    for (let at = from; at < to; at += batch) {
      const part = events.slice(at, Math.min(at + batch, to));
      await publisher.process(part, part.at(-1)!.position);
    }
  };
  await send(0, warmUp);
  const began = performance.now();
  await send(warmUp, warmUp + messages);
  const rate = messages / ((performance.now() - began) / 1_000);
  await publisher.close();
  await verify(publishing, events);
  return rate;
}

async function ofBareProducer(publishing: Publishing, batch: number, messages: number): Promise<number> {
  await publishing.reset();
  const publisher = publishing.publisher();
  await publisher.open();
  await publisher.close();
  const warmUp = Math.min(WARM_UP, messages);
  const program = join(import.meta.dirname, 'bare-producer.js');
  const brokers = publishing.servers.kafkaBrokers.join(',');
  const args = [program, brokers, String(batch), String(warmUp), String(messages)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const sent = await publishing.recordsInTopic();
  if (sent !== warmUp + messages) throw new Error(`${CUSTOMER_EVENTS_TOPIC} holds ${sent} records.`);
  return (JSON.parse(stdout) as { perSecond: number }).perSecond;
}

/** @throws Error when what a subscriber reads is not each event once, in order per customer. */
async function verify(publishing: Publishing, events: readonly Recorded[]): Promise<void> {
  const appended = new Map<string, string[]>();
  for (const { eventId, metadata } of events) {
    const ids = appended.get(metadata.customerId!);
    if (ids) ids.push(eventId);
    else appended.set(metadata.customerId!, [eventId]);
  }
  const wrong = wrongAbout(await publishing.published(events.length), appended);
  if (wrong.length > 0) throw new Error(`What was published is not what was sent: ${wrong.slice(0, 3).join('; ')}`);
}
