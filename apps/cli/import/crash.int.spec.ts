import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { connect, type EventStore } from '#event-store/event-store.js';
import { PersonalDataCipher } from '#event-store/personal-data-cipher.js';
import { publishedEvents } from '#testing/published-events.js';
import { RunningSystem } from '../testing/running-system.js';
import { SHARED_DATA, withSharedData } from '../testing/shared-data.js';
import { until } from '../up/testing/launched.js';
import type { ImportSummary } from './running/tally.js';

/** What is killed, and by which child of the system it is found. */
const VICTIMS = ['event store', 'Kafka broker', 'PostgreSQL server', 'API', 'worker', 'postmaster', 'import'] as const;
type Victim = (typeof VICTIMS)[number];

/** Rows of each import, and how many of its events are there when the victim is killed. */
const ROWS = 500;
const KILLED_AFTER = 150;
/** Of the stand-in. On a real server positions are bytes, and the kill comes sooner. */
const POSITIONS_AN_EVENT = 16;
const SECONDS = 1_000;

let system: RunningSystem;
let store: EventStore;
const run = Date.now();

withSharedData('a process killed during an import', () => {
  let lines: string[];

  beforeAll(async () => {
    lines = readFileSync(join(SHARED_DATA, 'cdnow/CDNOW_master.txt'), 'utf8').split(/\r?\n/).slice(1);
    system = await RunningSystem.start('--business-date', '1998-06-30');
    // Positions and counts need no keys.
    const none = () => Promise.reject(new Error('no keys here'));
    const noKeys = { get: async () => new Map(), makeOrGet: none, destroy: none };
    store = connect(system.addresses.eventStore, new PersonalDataCipher(noKeys));
  }, 60 * SECONDS);

  afterAll(async () => {
    await store?.close();
    await system?.stop();
  }, 60 * SECONDS);

  it.each(VICTIMS.filter(isOurs).map((victim, index) => ({ victim, index })))(
    'loses nothing and repeats nothing: $victim',
    async ({ victim, index }) => {
      const pid = pidOf(victim);
      const { file, mapping, cents } = slice(index);
      const before = await headOfStore();
      const first = system.launch('import', file, '--mapping', mapping);
      await until(async () => (await headOfStore()) >= before + KILLED_AFTER * POSITIONS_AN_EVENT, 60 * SECONDS);
      process.kill(pid ?? first.pid, 'SIGKILL');
      const exit = await first.exit;

      const again = await system.run<ImportSummary>('import', file, '--mapping', mapping);
      expect(again).toMatchObject({ exitCode: 0, result: { rows: ROWS, purchases: ROWS, amount: { USD: cents } } });
      if (exit === 0) expect(again.result).toMatchObject({ appended: 0, unchanged: ROWS });
      else expect({ victim, exit, stderr: first.stderr }).toEqual({ victim: 'import', exit: 'SIGKILL', stderr: '' });
    },
    120 * SECONDS,
  );

  it(
    'leaves rows and topic with exactly what the store holds',
    async () => {
      const { result: count } = await system.run<{ events: number; customerEvents: number }>('events', 'count');
      const published = await publishedEvents(system.addresses.kafka, count.customerEvents);
      expect(published).toHaveLength(count.customerEvents);
      expect(new Set(published.map(({ id }) => id)).size).toBe(count.customerEvents);
      const last = new Map<string, bigint>();
      for (const { key, position } of published) {
        expect(position).toBeGreaterThan(last.get(key) ?? -1n);
        last.set(key, position);
      }
      expect(await totalsOfRows()).toEqual(await totalsOfStore());
    },
    120 * SECONDS,
  );

  /** Rows of other customers for each victim, under a source of its own. */
  function slice(index: number): { file: string; mapping: string; cents: number } {
    const rows = lines.slice(index * ROWS, (index + 1) * ROWS);
    const file = join(system.data, `slice-${index}.txt`);
    writeFileSync(file, `customer_id date number_of_cds dollar_value\n${rows.join('\n')}\n`);
    const example = JSON.parse(readFileSync('docs/examples/imports/cdnow.json', 'utf8')) as object;
    const mapping = join(system.data, `slice-${index}.json`);
    writeFileSync(mapping, JSON.stringify({ ...example, source: `cdnow-${run}-${index}` }));
    const cents = rows.reduce((sum, row) => sum + Math.round(Number(row.trim().split(/\s+/)[3]) * 100), 0);
    return { file, mapping, cents };
  }
});

/** A server that the environment names is not ours to kill: said, because no spec then tells of it. */
function isOurs(victim: Victim): boolean {
  const variable = { 'event store': 'EVENTSTORE_URL', 'Kafka broker': 'KAFKA_BROKERS' }[victim as string];
  const isPostgres = victim === 'PostgreSQL server' || victim === 'postmaster';
  const named = isPostgres ? 'DATABASE_URL' : variable;
  if (named === undefined || !process.env[named]) return true;
  process.stderr.write(`Not killed, because ${named} names it: ${victim}.\n`);
  return false;
}

function pidOf(victim: Victim): number | undefined {
  if (victim === 'import') return undefined;
  if (victim !== 'postmaster') return system.pidOf(victim);
  if (system.pidOf('PostgreSQL server') === undefined) return undefined;
  const [pid] = readFileSync(join(system.data, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n');
  return Number(pid);
}

async function headOfStore(): Promise<number> {
  return Number((await store.head()) ?? 0n);
}

interface Totals {
  customers: number;
  purchases: number;
  cents: number;
  points: number;
}

async function totalsOfRows(): Promise<Totals> {
  const client = new pg.Client(system.addresses.database);
  await client.connect();
  try {
    const { rows } = await client.query<Totals>(
      `select count(*)::int as customers, sum(purchases)::int as purchases,
              sum((totals -> 'USD' ->> 'purchased')::bigint)::int as cents,
              (select sum((lot ->> 'points')::int)::int
                 from views.loyalty_level, json_array_elements(ledger -> 'lots') as lot) as points
         from views.customer_360`,
    );
    return rows[0]!;
  } finally {
    await client.end();
  }
}

/** Folded from the events themselves, without the application. */
async function totalsOfStore(): Promise<Totals> {
  const totals: Totals = { customers: 0, purchases: 0, cents: 0, points: 0 };
  for await (const { event } of store.client.readAll()) {
    const data = event?.data as { total: number; points: number };
    if (event?.type === 'CustomerAcquired') totals.customers += 1;
    if (event?.type === 'PointsEarned') totals.points += data.points;
    if (event?.type !== 'CustomerPurchased') continue;
    totals.purchases += 1;
    totals.cents += data.total;
  }
  return totals;
}
