import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { aComplaint, aCustomer, aPurchase } from '#apps/api/testing/requests.js';
import { RunningSystem } from '#apps/api/testing/running-system.js';
import { until } from '#apps/cli/up/testing/launched.js';
import { PublishedFields } from '#contracts/published-fields.js';
import { CUSTOMER_360_TOPIC, LOYALTY_LEVEL_TOPIC } from '#contracts/topics.js';
import { inTransaction } from '#platform/database/pool.js';
import { createBuild } from '#processing/builds/create.js';
import { promote, rollBack } from '#processing/builds/promote.js';
import { CheckpointWatch } from '#processing/checkpoint-watch.js';
import type { Projection } from '#processing/projection.js';
import { requestBootstrap } from '#processing/states/bootstraps.js';
import { STATE_PUBLISHER } from '#processing/states/state-publisher.js';
import { customer360 } from '#read-models/customer-360/customer-360.projection.js';
import type { Customer360Answer } from '#read-models/customer-360/customer-360.query.js';
import { publishedView } from '#read-models/customer-360/published-view.js';
import { type PublishedEvent, publishedEvents } from '#testing/published-events.js';
import { toDie } from './testing/dying.js';

jest.setTimeout(180_000);

const TOPICS = [
  { topic: CUSTOMER_360_TOPIC, path: '360' },
  { topic: LOYALTY_LEVEL_TOPIC, path: 'loyalty' },
] as const;

let system: RunningSystem;
/** Customers who buy and are never merged: of those a later state has more purchases. */
let buyers: string[];

beforeAll(async () => {
  system = await RunningSystem.start({ RAPPORT_BUSINESS_DATE: '2026-03-31' });
  buyers = await Promise.all(Array.from({ length: 4 }, acquire));
});

afterAll(async () => {
  await system?.stop();
});

async function send(path: string, body: object): Promise<string> {
  const answer = await system.http.post(path, body);
  expect(`${path} ${answer.status}`).toMatch(/ 20[01]$/);
  return answer.body.id;
}

function acquire(): Promise<string> {
  return send('/customers', aCustomer());
}

function buy(): Promise<unknown> {
  return Promise.all(buyers.map((id) => send(`/customers/${id}/purchases`, aPurchase(10_000))));
}

/** Buys now and then, until it is so. */
async function buyUntil(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) {
    await buy();
    await sleep(100);
  }
}

/** Everything that is recorded by now, and what policies made of it, is in the views and sent. */
async function settled(): Promise<void> {
  for (let times = 0; times < 2; times += 1) {
    expect((await system.http.get(`/customers/${buyers[0]}/360?settled=true`)).status).toBe(200);
  }
  const head = await system.store.head();
  await until(async () => (await publishedUpTo()) >= head! && (await bootstraps()) === 0, 60_000);
}

async function publishedUpTo(): Promise<bigint> {
  const { rows } = await system.pool.query('select position from ops.checkpoints where processor = $1', [
    STATE_PUBLISHER,
  ]);
  return BigInt(rows[0]?.position ?? -1);
}

async function bootstraps(): Promise<number> {
  return (await system.pool.query('select from views.state_bootstrap')).rowCount!;
}

/** What the API answers of each customer on its own, as it is published; null for whom nothing is. */
async function answers(path: '360' | 'loyalty'): Promise<Map<string, object | null>> {
  const { rows } = await system.pool.query<{ id: string }>('select customer_id as id from views.customer_360');
  const told = rows.map(async ({ id }): Promise<[string, object | null]> => {
    const { body: view } = await system.http.get<Customer360Answer>(`/customers/${id}/360`);
    if (view.erased || view.absorbedInto !== undefined) return [id, null];
    const { body } = await system.http.get<Customer360Answer & { position: string }>(`/customers/${id}/${path}`);
    const { position: _, ...answer } = body;
    return [id, path === '360' ? publishedView(answer as Customer360Answer, PublishedFields.none) : answer];
  });
  return new Map(await Promise.all(told));
}

function messages(topic: string): Promise<PublishedEvent[]> {
  return publishedEvents(system.servers.kafkaBrokers, 0, topic);
}

/** The last message of every customer is what the API answers, and none is older than the one before it. */
async function expectStates(): Promise<void> {
  await settled();
  for (const { topic, path } of TOPICS) {
    const last = new Map<string, PublishedEvent>();
    for (const message of await messages(topic)) {
      const before = last.get(message.key);
      if (before) expect(message.position).toBeGreaterThanOrEqual(before.position);
      if (before && path === '360' && buyers.includes(message.key)) {
        expect(purchasesIn(message)).toBeGreaterThanOrEqual(purchasesIn(before));
      }
      last.set(message.key, message);
    }
    const held = new Map([...last].map(([key, { data }]) => [key, data]));
    expect(held).toEqual(await answers(path));
  }
}

function purchasesIn({ data }: PublishedEvent): number {
  return (data as { purchases: number }).purchases;
}

describe('the state topics', () => {
  it('hold of everybody what the API answers, and null of who was erased or lives on in another', async () => {
    const [survivor, absorbed, left, erased, both] = await Promise.all(Array.from({ length: 5 }, acquire));
    for (const id of [survivor, absorbed, left, erased, both]) {
      await send(`/customers/${id}/purchases`, aPurchase(20_000));
    }
    await send(`/customers/${erased}/complaints`, aComplaint());
    await expectStates();
    await send(`/customers/${survivor}/merge`, { absorbedId: absorbed });
    await send(`/customers/${left}/merge`, { absorbedId: both });
    await expectStates();
    await send(`/customers/${absorbed}/complaints`, aComplaint());
    await send(`/customers/${left}/unmerge`, { absorbedId: both, reason: 'Twins' });
    await send(`/customers/${erased}/erase`, { reason: 'Asked for by the person' });
    await expectStates();
    const state = (id: string | undefined, of: PublishedEvent[]) => of.filter(({ key }) => key === id).at(-1);
    const views = await messages(CUSTOMER_360_TOPIC);
    expect(state(survivor, views)).toMatchObject({
      data: { customerId: survivor, purchases: 2, complaints: 1, members: [absorbed] },
      headers: { ce_type: 'Customer360', ce_businessdate: '2026-03-31', ce_subject: `customer-${survivor}` },
    });
    expect(state(both, views)).toMatchObject({ data: { purchases: 1, loyalty: { balance: 200 } } });
    const levels = await messages(LOYALTY_LEVEL_TOPIC);
    expect(state(survivor, levels)).toMatchObject({ data: { balance: 400, date: '2026-03-31' } });
    for (const held of [views, levels]) {
      expect(state(absorbed, held)?.data).toBeNull();
      expect(state(erased, held)?.data).toBeNull();
    }
  });

  it('go out while a view stands still, and again when it has come so far', async () => {
    const buyer = await acquire();
    await settled();
    const before = (await system.store.head())!;
    const last = async () => (await messages(CUSTOMER_360_TOPIC)).filter(({ key }) => key === buyer).at(-1)!;
    const holder = await system.pool.connect();
    await holder.query("begin; select from views.checkpoints where processor = 'rules' for update");
    await send(`/customers/${buyer}/purchases`, aPurchase(10_000));
    await until(async () => purchasesIn(await last()) === 1);
    expect((await last()).position).toBeLessThanOrEqual(before);
    expect(await publishedUpTo()).toBe(before);
    await holder.query('commit');
    holder.release();
    await expectStates();
    expect((await last()).position).toBeGreaterThan(before);
  });

  it('get everybody’s state once after a promotion and after a rollback, while others go on to buy', async () => {
    const quiet = await acquire();
    await settled();
    const watch = new CheckpointWatch(system.servers.databaseUrl);
    await watch.start();
    const view = customer360 as Projection<object>;
    await inTransaction(system.pool, (client) => createBuild(client, view, 'next', 'ready'));
    let isPromoted = false;
    const bought = buyUntil(() => isPromoted);
    const count = async () => (await messages(CUSTOMER_360_TOPIC)).filter(({ key }) => key === quiet).length;
    const before = await count();
    await promote(system.pool, watch, view);
    await until(async () => (await bootstraps()) === 0);
    expect(await count()).toBe(before + 1);
    await rollBack(system.pool, watch, view);
    await until(async () => (await bootstraps()) === 0);
    expect(await count()).toBe(before + 2);
    isPromoted = true;
    await bought;
    await watch.close();
    await expectStates();
  });

  it.each([
    ['had sent and not forgotten some', 'a topic was deleted', 'before 3 for update of known skip locked', deleteTopic],
    [
      'was sending everybody’s',
      'the views were dropped',
      'before 1 (update|delete from) views\\.state_bootstrap',
      dropViews,
    ],
  ])('are complete and not set back when a worker was killed that %s, and %s', async (_, __, diesAt, meanwhile) => {
    system.worker.process.kill('SIGKILL');
    await system.worker.exit;
    const dying = system.startAnotherWorker(toDie(diesAt));
    let exit: unknown;
    void dying.exit.then((how) => {
      exit = how;
    });
    await requestBootstrap(system.pool, [CUSTOMER_360_TOPIC]);
    await buyUntil(() => exit !== undefined);
    expect(exit).toBe('SIGKILL');
    await meanwhile();
    await system.replaceWorker();
    await buy();
    await expectStates();
  });
});

async function deleteTopic(): Promise<void> {
  const admin = new Kafka({ brokers: system.servers.kafkaBrokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [LOYALTY_LEVEL_TOPIC] });
  await admin.disconnect();
}

async function dropViews(): Promise<void> {
  await system.pool.query('drop schema views cascade');
}
