import { isDeepStrictEqual } from 'node:util';
import { getPostgreSQLEventStore, pongoMultiStreamProjection } from '@event-driven-io/emmett-postgresql';
import type { Pool } from 'pg';
import type { RecordedEvent } from '#processing/projection.js';
import { dropBuilds } from '#processing/rebuild/next-builds.js';
import { rebuild } from '#processing/rebuild/rebuild.js';
import { customer360 } from '#read-models/customer-360/customer-360.projection.js';
import type { Customer360 } from '#read-models/customer-360/customer-360.table.js';
import { type Measurement, median, ratioOf } from '../report.js';
import type { BenchSystem } from './bench-system.js';
import { EVENTS_A_CUSTOMER } from './seed.js';
import { verifyRows } from './verify.js';

/** One of Rapport's events as an event of emmett's. */
interface Wrapped {
  type: string;
  data: { event: object; position: string; customerId: string };
}

const COLLECTION = 'customer_360';
const APPENDED = 500;
/**
 * A rebuild of so few events is over before Node has compiled what it runs, and emmett's consumer runs for a minute: the
 * first tells what a command takes, the median of the others what the engine does.
 */
const ROUNDS = 6;

/** Rebuilds of the 360° view against emmett's asynchronous projection of the same events by the same fold. */
export async function againstEmmett(system: BenchSystem, customers: number): Promise<Measurement[]> {
  const rates: number[] = [];
  const views = [customer360] as Parameters<typeof rebuild>[0];
  for (let round = 0; round < ROUNDS; round += 1) {
    if (round > 0) await dropBuilds(views, system.pool);
    const began = performance.now();
    const { events } = await rebuild(views, system, () => {});
    rates.push((1_000 * events) / (performance.now() - began));
    await verifyRows(system.store, system.pool, 'views.customer_360_next', customers);
  }
  const [first, ...others] = rates as [number, ...number[]];
  const reference = await emmett(system);
  const what = `rebuild of the 360° view, ${(customers * EVENTS_A_CUSTOMER).toLocaleString('en')} events`;
  const against = 'emmett-postgresql, asynchronous projection';
  return [
    ratioOf(`${what}, the first of a process`, first, against, reference, 60),
    ratioOf(`${what}, the median of ${others.length} more`, median(others), against, reference, 100),
  ];
}

/** Events a second of its consumer, from its start until no message is left. */
async function emmett({ store, pool, databaseUrl }: BenchSystem): Promise<number> {
  const events: RecordedEvent[] = [];
  for await (const batch of store.history()) {
    await store.open(batch.events);
    events.push(...(batch.events as RecordedEvent[]));
  }
  const eventStore = getPostgreSQLEventStore(databaseUrl);
  await eventStore.schema.migrate();
  // One stream keeps the order that the events have, and is the quickest to fill; the projection goes by customer.
  for (let at = 0; at < events.length; at += APPENDED) {
    await eventStore.appendToStream('bench-history', events.slice(at, at + APPENDED).map(wrapped) as never);
  }
  const projection = pongoMultiStreamProjection({
    collectionName: COLLECTION,
    canHandle: [...new Set(events.map(({ type }) => type))] as never,
    getDocumentId: (event: { data: Wrapped['data'] }) => event.data.customerId,
    evolve: (row: Customer360 | null, event: { data: Wrapped['data'] }) => {
      const { event: given, position } = event.data;
      return customer360.evolve(row ?? undefined, { ...given, position: BigInt(position) } as RecordedEvent)!;
    },
  } as never);
  const consumer = eventStore.consumer({ stopWhen: { noMessagesLeft: true } });
  (consumer as unknown as { projector(options: object): void }).projector({ projection, processorId: 'bench' });
  const began = performance.now();
  await consumer.start();
  const seconds = (performance.now() - began) / 1_000;
  await consumer.close();
  await eventStore.close();
  await verifyDocuments(pool, events);
  return events.length / seconds;
}

function wrapped(event: RecordedEvent): Wrapped {
  const { position, ...rest } = event;
  return {
    type: event.type,
    data: { event: rest, position: String(position), customerId: event.metadata.customerId! },
  };
}

/** What emmett made must be what the events make, or it did less than it is measured for. */
async function verifyDocuments(pool: Pool, events: RecordedEvent[]): Promise<void> {
  const rows = new Map<string, Customer360>();
  for (const event of events) {
    const key = customer360.key(event)!;
    rows.set(key, customer360.evolve(rows.get(key), event)!);
  }
  const { rows: documents } = await pool.query<{ data: Customer360 & { _id: string; _version: unknown } }>(
    `select data from public.${COLLECTION}`,
  );
  if (documents.length !== rows.size) throw new Error(`emmett made ${documents.length} of ${rows.size} documents.`);
  for (const { data } of documents) {
    const { _id, _version, ...document } = data;
    const row = JSON.parse(JSON.stringify(rows.get(document.customerId)));
    if (!isDeepStrictEqual(JSON.parse(JSON.stringify(document)), row)) {
      const { customerId } = document;
      throw new Error(`emmett made something else of customer ${customerId}.`);
    }
  }
}
