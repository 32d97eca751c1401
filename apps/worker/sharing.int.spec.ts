import { jest } from '@jest/globals';
import { aCustomer } from '#apps/api/testing/requests.js';
import { RunningSystem } from '#apps/api/testing/running-system.js';
import { type Launched, until } from '#apps/cli/up/testing/launched.js';
import type { Projection } from '#processing/projection.js';
import { SEGMENTS } from '#processing/segments.js';
import { customer360 } from '#read-models/customer-360/customer-360.projection.js';
import { loyaltyLevel } from '#read-models/loyalty-level/loyalty-level.projection.js';
import { projections } from '#read-models/projections.js';
import { Buying, expectFolded, sharesOf, TAKEN_OVER_WITHIN_MS } from './testing/shared-views.js';

jest.setTimeout(120_000);

const views = [customer360, loyaltyLevel] as Projection<object>[];

let system: RunningSystem;

beforeAll(async () => {
  system = await RunningSystem.start({ RAPPORT_BUSINESS_DATE: '2026-03-31' });
});

afterAll(async () => {
  await system?.stop();
});

const shares = (name: string) => sharesOf(system, name);

describe('two workers', () => {
  let other: Launched;

  it('share the customers of every view that is split by them, while events come in', async () => {
    expect(await shares('customer_360')).toEqual([SEGMENTS]);
    const buying = new Buying(system);
    other = system.startAnotherWorker();
    const split = projections.filter(({ segmentedBy }) => segmentedBy === 'customer');
    expect(split.length).toBeGreaterThan(2);
    for (const { name } of split) {
      await until(async () => (await shares(name)).join() === `${SEGMENTS / 2},${SEGMENTS / 2}`);
    }
    expect(await shares('rules')).toEqual([1]);
    await expectFolded(system, await buying.stop(), views);
  });

  it('are one while one of them hangs, and two again when it goes on: it can store nothing of what it had begun', async () => {
    const buying = new Buying(system);
    other.process.kill('SIGSTOP');
    const hung = performance.now();
    await until(async () => (await shares('customer_360')).join() === String(SEGMENTS));
    expect(performance.now() - hung).toBeLessThan(TAKEN_OVER_WITHIN_MS);
    other.process.kill('SIGCONT');
    await until(async () => (await shares('customer_360')).join() === `${SEGMENTS / 2},${SEGMENTS / 2}`);
    await expectFolded(system, await buying.stop(), views);
  });

  it('are one when one of them is killed: the other has everything within 10 s, and nothing is lost', async () => {
    const buying = new Buying(system);
    system.worker.process.kill('SIGKILL');
    const killed = performance.now();
    await until(async () => (await shares('customer_360')).join() === String(SEGMENTS));
    await until(async () => (await shares('loyalty_level')).join() === String(SEGMENTS));
    const { body } = await system.http.post('/customers', aCustomer());
    const { status } = await system.http.get(`/customers/${body.id}/360?position=${body.position}&settled=true`);
    expect(status).toBe(200);
    expect(performance.now() - killed).toBeLessThan(TAKEN_OVER_WITHIN_MS);
    await expectFolded(system, await buying.stop(), views);
    other.process.kill('SIGTERM');
    await other.exit;
  });
});
