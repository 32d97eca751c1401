import { aCustomer, aPurchase } from '#apps/api/testing/requests.js';
import { RunningSystem } from '#apps/api/testing/running-system.js';
import { until } from '#testing/spec-worker.js';
import { business, expectFolded } from './testing/dying.js';

const VIEW = 'customer_360';

let system: RunningSystem;

beforeAll(async () => {
  system = await RunningSystem.start({ RAPPORT_BUSINESS_DATE: '2026-03-31' });
  await system.pool.query(`
    create function public.refuse() returns trigger language plpgsql
      as $$ begin raise exception 'not now' using errcode = tg_argv[0]; end $$`);
});

afterAll(() => system?.stop());

/** As long as `work` takes, PostgreSQL answers writes to a table with an error. */
async function refusing(
  table: string,
  code: string,
  work: () => Promise<void>,
  writes = 'insert or update',
): Promise<void> {
  await system.pool.query(
    `create trigger refuses before ${writes} on ${table} for each row execute function public.refuse('${code}')`,
  );
  try {
    await work();
  } finally {
    await system.pool.query(`drop trigger refuses on ${table}`);
  }
}

interface Health {
  processors: { name: string; state: string; parked: number }[];
}

async function healthOfView(): Promise<Health['processors'][number] | undefined> {
  const { processors } = (await (await fetch(`${await system.workerUrl()}/health`)).json()) as Health;
  return processors.find(({ name }) => name === VIEW);
}

describe('while PostgreSQL cannot write', () => {
  it.each([
    ['the disk is full', '53100'],
    ['there is no memory', '53200'],
    ['a transaction was given up to end a deadlock', '40P01'],
    ['a transaction came in the way of another one', '40001'],
  ])(
    'a view because %s, the worker says so and goes on by itself afterwards: nothing is parked or lost',
    async (_, code) => {
      let id = '';
      let position = '';
      await refusing(`views.${VIEW}`, code, async () => {
        id = (await system.http.post('/customers', aCustomer())).body.id;
        position = (await system.http.post(`/customers/${id}/purchases`, aPurchase(100))).body.position;
        await until(async () => (await healthOfView())?.state === 'retrying');
        expect((await healthOfView())?.parked).toBe(0);
      });
      await until(async () => (await system.http.get(`/customers/${id}/360?position=${position}`)).status === 200);
      expect((await system.pool.query('select from views.parked')).rowCount).toBe(0);
      await expectFolded(system, await business(system));
      await until(async () => (await healthOfView())?.state === 'running');
    },
  );

  it.each(['53100', '40P01'])(
    'keys of persons (%s), a command is refused, tells to try again, and leaves nothing',
    async (code) => {
      const end = await system.store.end();
      await refusing('ops.person_keys', code, async () => {
        const { status, headers, body, text } = await system.http.post('/customers', aCustomer());
        expect([status, headers['retry-after'], body.type]).toEqual([503, '1', 'urn:rapport:problem:server-unable']);
        expect(text).not.toMatch(/not now|person_keys|postgres/i);
      });
      expect(await system.store.end()).toBe(end);
      expect((await system.http.post('/customers', aCustomer())).status).toBe(201);
    },
  );

  it('the checkpoint of a policy, what the policy sent is not sent twice', async () => {
    let id = '';
    const hasEarned = async () =>
      (await system.store.load(`loyalty-${id}`)).some(({ type }) => type === 'PointsEarned');
    await refusing(
      'ops.checkpoints',
      '53100',
      async () => {
        id = (await system.http.post('/customers', aCustomer())).body.id;
        expect((await system.http.post(`/customers/${id}/purchases`, aPurchase(25_000))).status).toBe(201);
        await until(hasEarned);
      },
      // It may still begin, which is an update of its epoch.
      'update of position',
    );
    await expectFolded(system, await business(system));
    const earned = (await system.store.load(`loyalty-${id}`)).filter(({ type }) => type === 'PointsEarned');
    expect(earned).toHaveLength(1);
  });
});
