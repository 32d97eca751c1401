import { DataSource } from 'typeorm';
import { newId } from '#contracts/ids.js';
import { SnakeCaseNames } from '#platform/database/naming.js';
import type { RecordedEvent } from '#processing/projection.js';
import { ProjectionProcessor } from '#processing/projection-processor.js';
import { customer360 } from '#read-models/customer-360/customer-360.projection.js';
import { Customer360 } from '#read-models/customer-360/customer-360.table.js';
import { CustomerListed } from '#read-models/customer-list/customer-list.table.js';
import { type Measurement, ratioOf } from '../report.js';
import type { BenchSystem } from './bench-system.js';
import { verifyRows } from './verify.js';

const BATCH = 1_000;
/** Enough for a rate of what goes a row at a time. */
const SAVED = 3_000;

/** The live projection, a checkpoint every 1,000 events, against TypeORM's `save()` of the same rows, one at a time. */
export async function liveProjection(system: BenchSystem, customers: number): Promise<Measurement> {
  const events = await eventsOf(system);
  const saved = await saveRows(system, events.slice(-SAVED), events.slice(0, -SAVED));
  const { pool, storeId, store } = system;
  const leases = {
    takeSome: async (names: readonly string[]) => [...names],
    holds: () => true,
    giveBack: async () => {},
  };
  const processor = new ProjectionProcessor([customer360], 'live', {
    pool,
    storeId,
    leases,
    endOfStore: () => store.end(),
  });
  await processor.open();
  const began = performance.now();
  for (let at = 0; at < events.length; at += BATCH) {
    const batch = events.slice(at, at + BATCH);
    await processor.process(batch, batch.at(-1)!.position);
  }
  const rate = (1_000 * events.length) / (performance.now() - began);
  await verifyRows(store, pool, 'views.customer_360', customers);
  const what = `live projection of the 360° view and its list, ${events.length.toLocaleString('en')} events, a checkpoint every 1,000`;
  return ratioOf(what, rate, 'TypeORM save() of both rows', saved, 15);
}

async function eventsOf({ store }: BenchSystem): Promise<RecordedEvent[]> {
  const all: RecordedEvent[] = [];
  for await (const { events } of store.history()) {
    await store.open(events);
    for (const event of events) all.push(event as RecordedEvent);
  }
  return all;
}

/** Rows a second, into tables of the same form. What went before is folded in memory, which flatters it. */
async function saveRows(
  { databaseUrl, pool }: BenchSystem,
  events: RecordedEvent[],
  before: RecordedEvent[],
): Promise<number> {
  const schema = `bench_${newId().replaceAll('-', '')}`;
  await pool.query(`create schema ${schema}`);
  for (const table of ['customer_360', 'customer_list']) {
    await pool.query(`create table ${schema}.${table} (like views.${table} including all)`);
  }
  const source = new DataSource({
    type: 'postgres',
    url: databaseUrl,
    entities: [Customer360, CustomerListed],
    namingStrategy: new SnakeCaseNames(),
  });
  await source.initialize();
  for (const metadata of source.entityMetadatas) metadata.tablePath = `${schema}.${metadata.tableName}`;
  const repository = source.getRepository(Customer360);
  const listed = source.getRepository(CustomerListed);
  const rows = new Map<string, Customer360>();
  for (const event of before) evolve(rows, event);
  const began = performance.now();
  for (const event of events) {
    const row = evolve(rows, event);
    await repository.save(repository.create(row));
    await listed.save(listed.create(customer360.listing!.rowOf(row)!));
  }
  const rate = (1_000 * events.length) / (performance.now() - began);
  const { rows: stored } = await pool.query<{ rows: number }>(`select count(*) as rows from ${schema}.customer_360`);
  if (stored[0]!.rows === 0) throw new Error('TypeORM saved into another table than the one that is measured.');
  await source.destroy();
  await pool.query(`drop schema ${schema} cascade`);
  return rate;
}

function evolve(rows: Map<string, Customer360>, event: RecordedEvent): Customer360 {
  const key = customer360.key(event)!;
  const row = customer360.evolve(rows.get(key), event)!;
  rows.set(key, row);
  return row;
}
