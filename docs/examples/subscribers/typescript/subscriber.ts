// Sums up what customers bought, in memory, from Rapport's events, each event once.
//   npm install kafkajs
//   node subscriber.js [--brokers HOST:PORT,…] [--group NAME] [--once]
// --once reads from the beginning to the present end and prints what it found.
import { parseArgs } from 'node:util';
import { type EachBatchPayload, Kafka, type KafkaMessage, logLevel } from 'kafkajs';

const TOPIC = 'rapport.customer.events.v1';

const { values } = parseArgs({
  options: {
    brokers: { type: 'string', default: '127.0.0.1:9092' },
    group: { type: 'string', default: 'purchase-totals' },
    once: { type: 'boolean', default: false },
  },
});

/** What a message says. Numbers in headers are texts. */
interface CloudEvent {
  id: string;
  type: string;
  version: number;
  position: bigint;
  customer: string;
  data: Record<string, unknown>;
}

function cloudEvent({ key, value, headers }: KafkaMessage): CloudEvent {
  const header = (name: string) => String(headers?.[name] ?? '');
  return {
    id: header('ce_id'),
    type: header('ce_type'),
    version: Number(header('ce_schemaversion')),
    position: BigInt(header('ce_position')),
    customer: String(key),
    data: JSON.parse(String(value)) as Record<string, unknown>,
  };
}

/** Here in memory, and so read from the beginning at each start. Whoever stores them stores `read` in the same transaction. */
class Totals {
  readonly byCurrency = new Map<string, number>();
  readonly customers = new Set<string>();
  messages = 0;
  /** How far each partition was read: what comes again after a rebalance was counted already. */
  private readonly read = new Map<number, bigint>();

  handle(partition: number, event: CloudEvent): void {
    if (event.position <= (this.read.get(partition) ?? -1n)) return;
    this.messages++;
    this.customers.add(event.customer);
    // An event type that is not wanted, or not known yet, is passed over; a new version of a wanted one is not.
    if (event.type === 'CustomerPurchased') {
      if (event.version !== 1) throw new Error(`${event.id} has version ${event.version}: this reads version 1.`);
      const { currency, total } = event.data as { currency: string; total: number };
      this.byCurrency.set(currency, (this.byCurrency.get(currency) ?? 0) + total);
    }
    this.read.set(partition, event.position);
  }
}

const totals = new Totals();
const kafka = new Kafka({ clientId: 'purchase-totals', brokers: values.brokers.split(','), logLevel: logLevel.ERROR });
const consumer = kafka.consumer({
  // The totals are in memory: a group of its own for each start reads from the beginning.
  groupId: `${values.group}-${Date.now()}`,
  // kafkajs's default, said all the same: with `true` events of aborted transactions come too.
  readUncommitted: false,
});

async function eachBatch({ batch, resolveOffset, heartbeat, isRunning, isStale }: EachBatchPayload): Promise<void> {
  for (const message of batch.messages) {
    if (!isRunning() || isStale()) return;
    // An error here stops the batch: kafkajs comes back to this message after a while, and no later one goes ahead of it.
    totals.handle(batch.partition, cloudEvent(message));
    resolveOffset(message.offset);
    await heartbeat();
  }
}

/** Where each partition ends now. */
async function presentEnds(): Promise<Map<number, bigint>> {
  const admin = kafka.admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets(TOPIC);
  await admin.disconnect();
  return new Map(offsets.filter(({ high }) => high !== '0').map(({ partition, high }) => [partition, BigInt(high)]));
}

/** Settles when every partition was read up to its end. Markers of transactions take offsets, too. */
function readUpTo(ends: Map<number, bigint>): Promise<void> {
  return new Promise((resolve) => {
    if (ends.size === 0) resolve();
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
      if (BigInt(lastOffset) + 1n >= (ends.get(partition) ?? 0n)) ends.delete(partition);
      if (ends.size === 0) resolve();
    });
  });
}

const stopped = new Promise<void>((resolve) => process.once('SIGINT', resolve));
await consumer.connect();
await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
const end = values.once ? readUpTo(await presentEnds()) : stopped;
await consumer.run({ eachBatchAutoResolve: false, eachBatch });
await end;
await consumer.disconnect();
const { messages, customers, byCurrency } = totals;
const summary = { customers: customers.size, messages, totals: Object.fromEntries(byCurrency) };
process.stdout.write(`${JSON.stringify(summary)}\n`);
