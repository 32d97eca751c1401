import { jest } from '@jest/globals';
import fc from 'fast-check';
import type { Pool, PoolClient } from 'pg';
import type { RapportEvent } from '#contracts/events.js';
import { derivedId, newId } from '#contracts/ids.js';
import { prepareDatabase } from '#platform/database/migrate.js';
import { customer360 } from '#read-models/customer-360/customer-360.projection.js';
import type { Customer360 } from '#read-models/customer-360/customer-360.table.js';
import { projections } from '#read-models/projections.js';
import { rulesVersions } from '#read-models/rules/rules.projection.js';
import { assess, CommandProcess, PersonKeysInMemory } from '#testing/command-process.js';
import { eventsOfStore, foldedTables, storedTables } from '#testing/folding.js';
import { holdsOnServers } from '#testing/property.js';
import { type Happening, history } from '#testing/recorded.js';
import { type Servers, startServers } from '#testing/servers.js';
import { cutConnections, SpecWorker } from '#testing/spec-worker.js';
import { emptyViews } from '#testing/views.js';
import { prepareViews } from './builds/prepare-views.js';
import { Idle } from './processor.js';
import type { RecordedEvent } from './projection.js';
import { ProjectionProcessor } from './projection-processor.js';

jest.setTimeout(60_000);
/** For a property with ten times the runs, where the full counts are asked for. */
const PROPERTY_MS = 900_000;

let servers: Servers;
let commands: CommandProcess;
let worker: SpecWorker;

beforeAll(async () => {
  servers = await startServers({ only: ['event-store', 'postgres'] });
  commands = new CommandProcess(servers.eventStoreUrl, new PersonKeysInMemory());
});

beforeEach(async () => {
  await prepareDatabase(servers.databaseUrl);
  await prepareViews(servers.databaseUrl, projections);
  worker = await SpecWorker.of(commands.store, servers.databaseUrl);
});

afterEach(async () => {
  await worker.pool.query('drop schema views cascade');
  await worker.close();
});

afterAll(async () => {
  await commands?.close();
  await servers?.stop();
});

const rows = () => storedTables(worker.pool, customer360);

describe('the projections of a worker', () => {
  it('store within 100 ms the position of events that are none of their business', async () => {
    const { id } = await commands.acquire();
    worker.start(worker.projection(rulesVersions));
    await worker.reached((await commands.store.head())!);
    const times: number[] = [];
    for (let n = 0; n < 10; n += 1) {
      const { position } = await commands.toCustomer(id, assess(n / 10));
      const began = performance.now();
      await worker.reached(position!);
      times.push(performance.now() - began);
    }
    // The quickest: on a machine that has much else to do, the others tell of that.
    expect(Math.min(...times)).toBeLessThan(100);
  });

  it('go on when PostgreSQL ends their connections, in the middle of a transaction too', async () => {
    worker.start(worker.projection(customer360), worker.projection(rulesVersions));
    const other = await SpecWorker.of(commands.store, servers.databaseUrl);
    for (let n = 0; n < 4; n += 1) {
      const acquired = Promise.all(Array.from({ length: 30 }, () => commands.acquire()));
      await cutConnections(other.pool);
      await acquired;
      await cutConnections(other.pool);
    }
    await other.close();
    await worker.reached((await commands.store.head())!);
    expect(await rows()).toEqual(foldedTables(customer360, await eventsOfStore(commands.store)));
  });

  it('have somebody who listens to a connection that is just handed out: an error that nobody hears ends the process', async () => {
    const client = await worker.pool.connect();
    expect(client.listenerCount('error')).toBeGreaterThan(0);
    client.release();
  });

  it('make the same rows again when the views were dropped, and append nothing for it', async () => {
    await Promise.all(Array.from({ length: 20 }, () => commands.acquire()));
    const head = (await commands.store.head())!;
    worker.start(worker.projection(customer360));
    await worker.reached(head);
    const before = await rows();
    await worker.close();
    worker = await SpecWorker.of(commands.store, servers.databaseUrl);
    await worker.pool.query('drop schema views cascade');
    await prepareDatabase(servers.databaseUrl);
    await prepareViews(servers.databaseUrl, projections);
    worker.start(worker.projection(customer360));
    await worker.reached(head);
    expect(await rows()).toEqual(before);
    expect(before[0]!.length).toBeGreaterThanOrEqual(20);
    expect(await commands.store.head()).toBe(head);
  });
});

/** At which query of an attempt it crashes, and whether that query was still carried out. */
interface Crash {
  query: number;
  carriedOut: boolean;
}

/** Gives out connections whose n-th query crashes, while a crash is set. */
class CrashingPool {
  crash: Crash | undefined;

  constructor(private readonly pool: Pool) {}

  query(...args: [string]) {
    return this.pool.query(...args);
  }

  async connect(): Promise<PoolClient> {
    const { crash } = this;
    const client = await this.pool.connect();
    let queries = 0;
    const query = async (...args: [string]) => {
      queries += 1;
      if (queries !== crash?.query) return client.query(...args);
      if (crash.carriedOut) await client.query(...args);
      throw new Error(`Crashed at query ${queries}.`);
    };
    return new Proxy(client, {
      get: (target, name) => {
        if (name === 'query') return query;
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }
}

const CUSTOMERS = [1, 2, 3].map((n) => derivedId('customer', 'property', String(n)));
const amount = fc.integer({ min: 0, max: 1_000_000 });
const issue = fc.string({ minLength: 1, unit: 'grapheme' });
const complaint = fc.integer({ min: 1, max: 3 }).map((n) => `complaint-${derivedId('complaint', String(n))}`);

const body: fc.Arbitrary<RapportEvent & { streamId?: string }> = fc.oneof(
  issue.map((name) => ({ type: 'CustomerAcquired', data: { partyKind: 'person', roles: [], channel: 'web', name } })),
  fc
    .constantFrom('low', 'high')
    .map((band) => ({ ...assess(0.5), band }))
    .map(({ type: _, ...data }) => {
      return { type: 'ChurnRiskAssessed', data };
    }),
  fc.tuple(amount, fc.constantFrom('USD', 'VND')).map(([total, currency]) => ({
    type: 'CustomerPurchased',
    data: { currency, total, lines: [{ quantity: 2 }] },
    streamId: `purchase-${newId()}`,
  })),
  amount.map((refund) => ({ type: 'UnlinkedReturnRecorded', data: { currency: 'USD', refund, lines: [] } })),
  fc.tuple(issue, complaint).map(([text, streamId]) => {
    return { type: 'CustomerComplained', data: { issue: text, severity: 'high', channel: 'web' }, streamId };
  }),
  complaint.map((streamId) => ({ type: 'ComplaintResolved', data: { outcome: 'explanation' }, streamId })),
  fc.constant({ type: 'LoyaltyEnrolled', data: {} }),
) as fc.Arbitrary<RapportEvent & { streamId?: string }>;

const happening = fc
  .record({ body, customerId: fc.constantFrom(...CUSTOMERS), day: fc.integer({ min: 0, max: 20_000 }) })
  .map(({ body, day, ...rest }) => {
    return { ...rest, ...body, occurredAt: new Date(day * 86_400_000).toISOString() } as Happening;
  });
const crash = fc.option(fc.record({ query: fc.integer({ min: 1, max: 7 }), carriedOut: fc.boolean() }), {
  nil: undefined,
});

/**
 * What one of two workers does next: it takes its share, folds some events, and may give back what it holds. One that
 * is overtaken loses all before it stores anything, and the other one goes on from there first.
 */
const attempt = fc.record({
  worker: fc.constantFrom(0, 1),
  overtaken: fc.boolean(),
  share: fc.integer({ min: 1, max: 12 }),
  size: fc.integer({ min: 1, max: 20 }),
  crash,
  givesBack: fc.boolean(),
});
type Attempt = typeof attempt extends fc.Arbitrary<infer Made> ? Made : never;
type Step = Omit<Attempt, 'worker' | 'overtaken'>;

/** A worker of a spec that says itself how much of the view it takes. */
class Sharing {
  private share = 12;
  private readonly leases: SpecWorker['leases'];
  private readonly pool: CrashingPool;
  private readonly processor: ProjectionProcessor<Customer360>;

  constructor({ pool, leases, storeId }: SpecWorker, end: bigint) {
    this.leases = leases;
    this.pool = new CrashingPool(pool);
    this.processor = new ProjectionProcessor([customer360], 'live', {
      pool: this.pool as unknown as Pool,
      leases,
      storeId,
      endOfStore: async () => end,
      shares: { shareOf: () => this.share },
    });
  }

  /** @returns where it stands; undefined when the other one holds everything. */
  async take(events: RecordedEvent[], step: Step, overtaking?: Sharing): Promise<bigint | undefined> {
    const { share, size, crash, givesBack } = step;
    this.share = share;
    try {
      const position = (await this.processor.open()) ?? 0n;
      const batch = events.slice(Number(position), Number(position) + size);
      if (overtaking) {
        await this.leases.close();
        await overtaking.take(events, { ...step, share: 12 });
      }
      this.pool.crash = crash;
      if (batch.length > 0) await this.processor.process(batch, batch.at(-1)!.position).catch(() => {});
      return position;
    } catch (error) {
      if (!(error instanceof Idle)) throw error;
      return undefined;
    } finally {
      if (givesBack) await this.processor.close();
    }
  }

  close(): Promise<void> {
    return this.processor.close();
  }
}

describe('a projection', () => {
  it(
    'is the fold of the events, for any history, batches, crashes and two workers that share it',
    async () => {
      const other = await SpecWorker.of(commands.store, servers.databaseUrl);
      const attempts = fc.array(attempt, { maxLength: 30 });
      await holdsOnServers(
        fc.asyncProperty(fc.array(happening, { minLength: 1, maxLength: 60 }), attempts, async (happenings, plan) => {
          const events = history(happenings);
          const end = BigInt(events.length);
          await emptyViews(worker.pool, 'customer_360');
          const workers = [worker, other].map((each) => new Sharing(each, end));
          for (const { worker, overtaken, ...step } of plan) {
            await workers[worker]!.take(events, step, overtaken ? workers[1 - worker]! : undefined);
          }
          await workers[1]!.close();
          const rest = { share: 12, size: 20, crash: undefined, givesBack: false };
          while ((await workers[0]!.take(events, rest)) !== end);
          await workers[0]!.close();
          expect(await rows()).toEqual(foldedTables(customer360, events));
        }),
        100,
      );
      await other.close();
    },
    PROPERTY_MS,
  );
});
