import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { aCustomer, aPurchase } from '#apps/api/testing/requests.js';
import { RunningSystem } from '#apps/api/testing/running-system.js';
import { type Launched, until } from '#apps/cli/up/testing/launched.js';
import { SEGMENTS } from '#processing/segments.js';
import { customer360 } from '#read-models/customer-360/customer-360.projection.js';
import { loyaltyLevel } from '#read-models/loyalty-level/loyalty-level.projection.js';
import { projections } from '#read-models/projections.js';
import { eventsOfStore, folded, storedRows } from '#testing/folding.js';

jest.setTimeout(120_000);

/** What the design allows for a take-over. */
const TAKEN_OVER_WITHIN_MS = 10_000;

let system: RunningSystem;

beforeAll(async () => {
  system = await RunningSystem.start({ RAPPORT_BUSINESS_DATE: '2026-03-31' });
});

afterAll(async () => {
  await system?.stop();
});

/** How many segments of a view each worker holds, the most first. */
async function shares(name: string): Promise<number[]> {
  const { rows } = await system.pool.query<{ held: number }>(
    `select count(*)::int as held from pg_locks, unnest($1::text[]) as name
      where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
        and classid = hashtext('rapport.lease')::oid and objid = hashtext(name)::oid
      group by pid order by 1 desc`,
    [Array.from({ length: SEGMENTS }, (_, segment) => `${name}/${segment}`)],
  );
  return rows.map(({ held }) => held);
}

/** Buys and buys, of ever new customers, until it is told to stop; answers how often, and who did last. */
class Buying {
  private bought = 0;
  private stopped = false;
  private of = '';
  private readonly done = this.run();

  async stop(): Promise<{ bought: number; of: string }> {
    this.stopped = true;
    await this.done;
    return { bought: this.bought, of: this.of };
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const { body } = await system.http.post('/customers', aCustomer());
      for (let n = 0; n < 3; n += 1) {
        const purchase = await system.http.post(`/customers/${body.id}/purchases`, aPurchase(10_000));
        expect(purchase.status).toBe(201);
        this.bought += 1;
        this.of = body.id;
      }
      await sleep(5);
    }
  }
}

describe('two workers', () => {
  let other: Launched;

  it('share the customers of every view that is split by them, while events come in', async () => {
    expect(await shares('customer_360')).toEqual([SEGMENTS]);
    const buying = new Buying();
    other = system.startAnotherWorker();
    const split = projections.filter(({ segmentedBy }) => segmentedBy === 'customer');
    expect(split.length).toBeGreaterThan(2);
    for (const { name } of split) {
      await until(async () => (await shares(name)).join() === `${SEGMENTS / 2},${SEGMENTS / 2}`);
    }
    expect(await shares('rules')).toEqual([1]);
    await expectFolded(await buying.stop());
  });

  it('are one while one of them hangs, and two again when it goes on: it can store nothing of what it had begun', async () => {
    const buying = new Buying();
    other.process.kill('SIGSTOP');
    const hung = performance.now();
    await until(async () => (await shares('customer_360')).join() === String(SEGMENTS));
    expect(performance.now() - hung).toBeLessThan(TAKEN_OVER_WITHIN_MS);
    other.process.kill('SIGCONT');
    await until(async () => (await shares('customer_360')).join() === `${SEGMENTS / 2},${SEGMENTS / 2}`);
    await expectFolded(await buying.stop());
  });

  it('are one when one of them is killed: the other has everything within 10 s, and nothing is lost', async () => {
    const buying = new Buying();
    system.worker.process.kill('SIGKILL');
    const killed = performance.now();
    await until(async () => (await shares('customer_360')).join() === String(SEGMENTS));
    await until(async () => (await shares('loyalty_level')).join() === String(SEGMENTS));
    const { body } = await system.http.post('/customers', aCustomer());
    const { status } = await system.http.get(`/customers/${body.id}/360?position=${body.position}&settled=true`);
    expect(status).toBe(200);
    expect(performance.now() - killed).toBeLessThan(TAKEN_OVER_WITHIN_MS);
    await expectFolded(await buying.stop());
    other.process.kill('SIGTERM');
    await other.exit;
  });
});

async function expectFolded({ bought, of }: { bought: number; of: string }): Promise<void> {
  expect(bought).toBeGreaterThan(0);
  // The second time for what policies made of what policies had appended.
  for (let times = 0; times < 2; times += 1) {
    const { status } = await system.http.get(`/customers/${of}/360?settled=true`);
    expect(status).toBe(200);
  }
  const events = await eventsOfStore(system.store);
  expect(await storedRows(system.pool, customer360)).toEqual(folded(customer360, events));
  expect(await storedRows(system.pool, loyaltyLevel)).toEqual(folded(loyaltyLevel, events));
}
