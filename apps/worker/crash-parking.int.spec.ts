import { jest } from '@jest/globals';
import { aComplaint, aCustomer, aPurchase } from '#apps/api/testing/requests.js';
import { RunningSystem } from '#apps/api/testing/running-system.js';
import { newId } from '#contracts/ids.js';
import { customer360 } from '#read-models/customer-360/customer-360.projection.js';
import { eventsOfStore } from '#testing/folding.js';
import { until } from '#testing/spec-worker.js';
import { business, expectFolded, killWorkerAt, toDie, VIEWS } from './testing/dying.js';
import { expectRows } from './testing/folded-rows.js';

jest.setTimeout(180_000);

const TODAY = '2026-03-31';
const VIEW = customer360.name;

let system: RunningSystem;

beforeAll(async () => {
  system = await RunningSystem.start({ RAPPORT_BUSINESS_DATE: TODAY });
});

afterAll(() => system?.stop());

/** A customer who buys, and whose row the database refuses until it is mended. */
async function poisoned(): Promise<string> {
  const name = `Poisoned ${newId()}`;
  await system.pool.query(`alter table views.${VIEW} add constraint refused check (name is distinct from '${name}')`);
  const { id } = (await system.http.post('/customers', aCustomer({ name }))).body;
  await system.http.post(`/customers/${id}/purchases`, aPurchase(100));
  return id;
}

const mended = () => system.pool.query(`alter table views.${VIEW} drop constraint refused`);

/** What waits, each event once, and for whom. */
async function parked(): Promise<{ key: string; events: string[]; firstOf: string[] }> {
  const { rows } = await system.pool.query<{ key: string; events: string[]; firstOf: string[] }>(
    `select key, array_agg(event_id::text order by position) as events,
            array_agg(event_id::text) filter (where error is not null) as "firstOf"
       from views.parked where processor = $1 group by key`,
    [VIEW],
  );
  expect(rows.length).toBeLessThanOrEqual(1);
  return rows[0] ?? { key: '', events: [], firstOf: [] };
}

/** Exactly the events of that customer wait, in order, and every other one has been taken. */
async function expectParked(id: string): Promise<string[]> {
  await until(async () => (await system.http.get(`/customers/${id}/360?settled=true`)).status === 409);
  await expectFoldedBut(id);
  const theirs = (await eventsOfStore(system.store)).filter((event) => customer360.key(event) === id);
  const events = theirs.map(({ eventId }) => eventId);
  expect(await parked()).toEqual({ key: id, events, firstOf: [events[0]] });
  return events;
}

async function expectFoldedBut(id: string): Promise<void> {
  await until(async () => (await system.http.get('/customers?settled=true')).status === 200);
  await expectRows(system, VIEWS, (view, { metadata }) => view !== VIEW || metadata.customerId !== id);
}

/** `rapport projections parked customer_360 …`, and how it ended. */
async function command(args: string[], diesAt?: string): Promise<{ exit: unknown; stderr: string }> {
  const all = ['projections', 'parked', VIEW, ...args];
  const launched = system.startCommand(all, diesAt === undefined ? {} : toDie(diesAt));
  return { exit: await launched.exit, stderr: launched.stderr };
}

describe('a worker that is killed in the batch that parks', () => {
  it.each([
    ['before it does', 'before 1 insert into views\\.parked', 'after 1 ^delete from views\\.parked', true],
    ['when it has, and has yet to commit', 'after 1 insert into views\\.parked', 'after 1 ^commit$', false],
  ])('%s, parks that customer alone; and so do retries that are killed, or they take all of it', async (...given) => {
    const [, workerDiesAt, retryDiesAt, staysParked] = given;
    let id = '';
    await killWorkerAt(system, workerDiesAt, async () => {
      id = await poisoned();
    });
    await system.replaceWorker();
    const events = await expectParked(id);
    await mended();

    expect(await command(['--retry', id], retryDiesAt)).toMatchObject({ exit: 'SIGKILL' });
    if (staysParked) expect(await expectParked(id)).toEqual(events);
    const again = await command(['--retry', id]);
    expect(again).toMatchObject({ exit: staysParked ? 0 : 1 });
    if (!staysParked) expect(again.stderr).toContain('Nothing is parked under');
    expect(await parked()).toMatchObject({ events: [] });
    await expectFolded(system, await business(system));
  });
});

describe('a deadline that has passed', () => {
  it('is recorded once, also by a worker that is killed when it has been and its timers do not know it', async () => {
    let id = '';
    const customer = await killWorkerAt(system, 'before 1 update ops\\.checkpoints[^]*,\\d+,timers,', async () => {
      const owner = (await system.http.post('/customers', aCustomer())).body.id;
      // A business day to acknowledge it begins at once, and ends on that day.
      const raised = aComplaint({ occurredAt: `${TODAY}T00:00:00Z` });
      id = (await system.http.post(`/customers/${owner}/complaints`, raised)).body.id;
    });
    const breaches = async () => {
      const events = await eventsOfStore(system.store);
      return events.filter(({ type }) => type === 'ComplaintSlaBreached').map(({ streamId }) => streamId);
    };
    expect(await breaches()).toContain(`complaint-${id}`);
    await system.replaceWorker();
    await expectFolded(system, customer);
    const recorded = await breaches();
    expect(new Set(recorded).size).toBe(recorded.length);
  });
});

describe('a drop of a parked event that is killed', () => {
  it('has dropped nothing, or that event for good and taken the others', async () => {
    const id = await poisoned();
    const [first, ...others] = await expectParked(id);
    await mended();
    const drop = ['--drop', id, '--reason', 'Made up'];
    expect(await command(drop, 'after 1 ^with gone as')).toMatchObject({ exit: 'SIGKILL' });
    expect(await expectParked(id)).toEqual([first, ...others]);
    expect(await command(drop, 'after 1 ^commit$')).toMatchObject({ exit: 'SIGKILL' });
    expect(await parked()).toMatchObject({ events: [] });
    const { rows } = await system.pool.query('select event_id as "eventId" from views.dropped');
    expect(rows).toEqual([{ eventId: first }]);
    await until(async () => (await system.http.get(`/customers/${id}/360?settled=true`)).status === 200);
    await expectRows(system, VIEWS, (view, { eventId }) => view !== VIEW || eventId !== first);
  });
});
