import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import fc from 'fast-check';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { RapportEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import { prepareDatabase } from '#platform/database/migrate.js';
import { CustomerParked, ViewReader } from '#read-models/view-reader.js';
import { CommandProcess, PersonKeysInMemory } from '#testing/command-process.js';
import { eventsOfStore, folded, storedRows } from '#testing/folding.js';
import { holdsOnServers } from '#testing/property.js';
import { type Happening, history } from '#testing/recorded.js';
import { type Servers, startServers } from '#testing/servers.js';
import { SpecWorker } from '#testing/spec-worker.js';
import { emptyViews } from '#testing/views.js';
import { prepareViews } from '../builds/prepare-views.js';
import { CheckpointWatch } from '../checkpoint-watch.js';
import { ProcessorStopped } from '../processor.js';
import type { Projection, RecordedEvent } from '../projection.js';
import { ProjectionProcessor } from '../projection-processor.js';
import { parkedList } from './parked-list.js';
import { dropParked, NotRetried, retryParked } from './retry.js';

jest.setTimeout(120_000);

@Entity({ schema: 'views', name: 'tally' })
class Tally {
  @PrimaryColumn('uuid') customerId!: string;
  @Column('text') totals!: string;
  @Column('boolean') refused!: boolean;
  /** An index holds it. */
  @Column('text') filling!: string;
}

@Entity({ schema: 'views', name: 'tally_list' })
class TallyListed {
  @PrimaryColumn('uuid') customerId!: string;
  @Column('int') purchases!: number;
}

/** Purchases of these totals cannot be taken, each for another reason, until the projection is mended. */
const POISON = { key: 13, fold: 14, listing: 15, refused: 16, large: 17 } as const;
type Kind = keyof typeof POISON;
const KINDS = Object.keys(POISON) as Kind[];
let isMended = false;
/** PostgreSQL makes it no smaller: no index has room for it. */
const TOO_LARGE = randomBytes(8_000).toString('hex');

function isPoison(total: number, kind: Kind): boolean {
  return !isMended && total === POISON[kind];
}

const tally: Projection<Tally> = {
  name: 'tally',
  version: 1,
  table: Tally,
  segmentedBy: 'customer',
  key: (event) => {
    if (event.type !== 'CustomerPurchased') return undefined;
    if (isPoison(event.data.total, 'key')) throw new Error('No key.');
    return event.metadata.customerId;
  },
  evolve: (row, event) => {
    if (event.type !== 'CustomerPurchased') return row;
    const { total } = event.data;
    if (isPoison(total, 'fold')) throw new Error('No row.');
    const totals = [...(row ? [row.totals] : []), total].join(' ');
    return {
      customerId: event.metadata.customerId!,
      totals,
      refused: row?.refused === true || isPoison(total, 'refused'),
      filling: isPoison(total, 'large') ? TOO_LARGE : (row?.filling ?? ''),
    };
  },
  listing: {
    table: TallyListed,
    rowOf: ({ customerId, totals }) => {
      if (totals.split(' ').some((total) => isPoison(Number(total), 'listing'))) throw new Error('No list.');
      return { customerId, purchases: totals.split(' ').length };
    },
  },
};
const projections = [tally as Projection<object>];

let servers: Servers;
let commands: CommandProcess;
let worker: SpecWorker;
let watch: CheckpointWatch;
let reader: ViewReader;

beforeAll(async () => {
  servers = await startServers({ only: ['event-store', 'postgres'] });
  await prepareDatabase(servers.databaseUrl);
  commands = new CommandProcess(servers.eventStoreUrl, new PersonKeysInMemory());
});

beforeEach(async () => {
  isMended = false;
  await prepareViews(servers.databaseUrl, projections);
  worker = await SpecWorker.of(commands.store, servers.databaseUrl);
  await worker.pool.query('alter table views.tally add check (not refused); create index on views.tally (filling)');
  watch = new CheckpointWatch(servers.databaseUrl);
  await watch.start();
  reader = new ViewReader(worker.pool, watch, [], commands.store);
  // What other cases poisoned is none of this one's.
  await worker.pool.query('update views.checkpoints set position = $1', [String((await commands.store.end()) ?? 0n)]);
});

afterEach(async () => {
  await worker.pool.query('drop schema views cascade');
  await watch.close();
  await worker.close();
});

afterAll(async () => {
  await commands?.close();
  await servers?.stop();
});

const parts = () => ({ pool: worker.pool, store: commands.store, projections });

/** Buys for these totals, one after the other; answers where the last of them stands. */
async function buys(id: string, ...totals: number[]): Promise<bigint> {
  let last: bigint | undefined;
  for (const total of totals) ({ position: last } = await commands.purchase(id, total));
  return last!;
}

/** What the view says of a customer once it has passed a position. */
async function totalsOf(id: string, position: bigint): Promise<string | undefined> {
  const sql = 'select totals from views.tally where customer_id = $1';
  const { rows } = await reader.read<{ totals: string }>(
    projections,
    sql,
    [id],
    { position },
    { about: 'select $1::uuid' },
  );
  return rows[0]?.totals;
}

async function rowOf(id: string): Promise<string | undefined> {
  return (await storedRows(worker.pool, tally)).find(({ customerId }) => customerId === id)?.totals;
}

async function twoCustomers(): Promise<[string, string]> {
  const [one, other] = await Promise.all([commands.acquire(), commands.acquire()]);
  return [one.id, other.id];
}

describe('an event that cannot be taken', () => {
  it.each(KINDS)('parks its customer, and nobody else, until what is wrong with it is mended (%s)', async (kind) => {
    const [parked, sound] = await twoCustomers();
    const [before, behind] = [
      [100, 200],
      [300, 400],
    ];
    await buys(parked, ...before);
    const poisoned = await buys(parked, POISON[kind]);
    await buys(parked, ...behind);
    worker.start(worker.projection(tally));
    expect(await totalsOf(sound, await buys(sound, 1, 2))).toBe('1 2');
    await expect(totalsOf(parked, poisoned)).rejects.toThrow(CustomerParked);
    await expect(totalsOf(parked, poisoned)).rejects.toMatchObject({ view: 'tally', position: String(poisoned) });
    expect(await rowOf(parked)).toBe('100 200');
    const [waiting] = await parkedList(worker.pool);
    expect(waiting).toMatchObject({ view: 'tally', customerId: parked, events: 3, position: Number(poisoned) });
    expect(waiting!.error).toMatch(/^No |violates check constraint|index row requires/);

    // Later events queue, in another worker too.
    await worker.close();
    worker = await SpecWorker.of(commands.store, servers.databaseUrl);
    reader = new ViewReader(worker.pool, watch, [], commands.store);
    worker.start(worker.projection(tally));
    const last = await buys(parked, 500);
    expect(await totalsOf(sound, await buys(sound, 3))).toBe('1 2 3');
    const { key } = waiting!;
    expect(await retryParked(parts(), 'tally', key)).toMatchObject({ taken: 0, waiting: 4 });
    await expect(totalsOf(parked, last)).rejects.toThrow(CustomerParked);

    isMended = true;
    expect(await retryParked(parts(), 'tally', key)).toEqual({ key, taken: 4, waiting: 0, error: undefined });
    expect(await totalsOf(parked, await buys(parked, 600))).toBe(`100 200 ${POISON[kind]} 300 400 500 600`);
    expect(await parkedList(worker.pool)).toEqual([]);
    const events = (await eventsOfStore(commands.store)).filter(({ metadata }) =>
      [parked, sound].includes(metadata.customerId!),
    );
    expect(await storedRows(worker.pool, tally)).toEqual(folded(tally, events));
  });

  it('is left out for good when it is dropped, with a reason, and what waits behind it is taken', async () => {
    const [parked] = await twoCustomers();
    const poisoned = await buys(parked, 100, POISON.fold);
    const second = await buys(parked, 200, POISON.listing, 300);
    worker.start(worker.projection(tally));
    await expect(totalsOf(parked, second)).rejects.toThrow(CustomerParked);
    const first = await dropParked(parts(), 'tally', parked, 'A test of the till');
    expect(first).toMatchObject({ taken: 1, waiting: 2, error: 'No list.' });
    await dropParked(parts(), 'tally', parked, 'Another one');
    expect(await totalsOf(parked, await buys(parked, 400))).toBe('100 200 300 400');
    const dropped = 'select customer_id as id, position, reason from views.dropped order by position';
    const { rows } = await worker.pool.query(dropped);
    expect(rows).toMatchObject([
      { id: parked, position: Number(poisoned), reason: 'A test of the till' },
      { id: parked, reason: 'Another one' },
    ]);
    await expect(retryParked(parts(), 'tally', parked)).rejects.toThrow(NotRetried);
    await expect(retryParked(parts(), 'nothing', parked)).rejects.toThrow('There is no view nothing.');
  });
});

describe('a processor', () => {
  it('stops when it would park more than 20 keys in a minute, and stores nothing of that batch', async () => {
    const events = history(Array.from({ length: 21 }, (_, n) => bought(derivedId('customer', String(n)), POISON.fold)));
    const processor = processorFor(21n);
    await emptyViews(worker.pool, 'tally');
    await processor.open();
    await processor.process(events.slice(0, 20), 20n);
    expect(await parkedList(worker.pool)).toHaveLength(20);
    const last = processor.process(events.slice(20), 21n);
    await expect(last).rejects.toThrow(ProcessorStopped);
    await expect(last).rejects.toThrow('The first error was: No row.');
    await processor.close();
    expect(await parkedList(worker.pool)).toHaveLength(20);
    expect(await processor.open()).toBe(20n);
    await processor.close();
  });

  it('parks exactly those that cannot be taken and whatever follows them, for any history and batches', async () => {
    const happening = fc.record({
      customer: fc.integer({ min: 1, max: 6 }),
      total: fc.oneof({ weight: 6, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constantFrom(...KINDS) }),
    });
    const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 30 });
    await holdsOnServers(
      fc.asyncProperty(fc.array(happening, { minLength: 1, maxLength: 60 }), sizes, async (happenings, plan) => {
        const events = history(
          happenings.map(({ customer, total }) =>
            bought(derivedId('customer', String(customer)), typeof total === 'string' ? POISON[total] : total),
          ),
        );
        await emptyViews(worker.pool, 'tally');
        await worker.pool.query('truncate views.parked, views.tally_list');
        const processor = processorFor(BigInt(events.length));
        for (let [from, n] = [0, 0]; from < events.length; n += 1) {
          await processor.open();
          const batch = events.slice(from, from + (plan[n] ?? 20));
          await processor.process(batch, batch.at(-1)!.position);
          from += batch.length;
        }
        await processor.close();
        const taken = events.filter((event) => !waits(events, event));
        expect(await storedRows(worker.pool, tally)).toEqual(folded(tally, taken));
        const { rows } = await worker.pool.query<{ position: number }>('select position from views.parked order by 1');
        const waiting = events.filter((event) => waits(events, event));
        expect(rows.map(({ position }) => BigInt(position))).toEqual(waiting.map(({ position }) => position));
      }),
    );
  });
});

function processorFor(end: bigint) {
  const { pool, leases, storeId } = worker;
  return new ProjectionProcessor([tally], 'live', { pool, leases, storeId, endOfStore: async () => end });
}

function bought(customerId: string, total: number): Happening {
  return { type: 'CustomerPurchased', data: { currency: 'USD', total, lines: [] }, customerId } as unknown as Happening;
}

/** Whether the customer of an event was poisoned by it or before it. */
function waits(events: RecordedEvent[], { metadata, position }: RecordedEvent): boolean {
  const poison: number[] = Object.values(POISON);
  return events.some((event) => {
    const { total } = event.data as Extract<RapportEvent, { type: 'CustomerPurchased' }>['data'];
    return event.metadata.customerId === metadata.customerId && event.position <= position && poison.includes(total);
  });
}
