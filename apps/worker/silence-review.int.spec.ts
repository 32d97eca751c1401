import fc from 'fast-check';
import { pino } from 'pino';
import { ToRules } from '#commands/handlers/rules.handler.js';
import { derivedId, newId } from '#contracts/ids.js';
import type { RetentionRules } from '#contracts/rules/retention-rules.js';
import { defaultRetentionRules, defaultRetentionRulesPublished } from '#domain/retention/rules.js';
import { prepareDatabase } from '#platform/database/migrate.js';
import { inTransaction } from '#platform/database/pool.js';
import { reviewOf } from '#policies/silence.js';
import { prepareViews } from '#processing/builds/prepare-views.js';
import { CheckpointWatch, Lagging } from '#processing/checkpoint-watch.js';
import { RowTable } from '#processing/row-table.js';
import { projections } from '#read-models/projections.js';
import { purchaseRhythm } from '#read-models/purchase-rhythm/purchase-rhythm.projection.js';
import { silentCustomers } from '#read-models/purchase-rhythm/purchase-rhythm.query.js';
import { PurchaseRhythm } from '#read-models/purchase-rhythm/purchase-rhythm.table.js';
import { CommandProcess, metaOf, PersonKeysInMemory } from '#testing/command-process.js';
import { type Servers, startServers } from '#testing/servers.js';
import { SpecWorker } from '#testing/spec-worker.js';
import { SilenceReview } from './silence-review.js';

const DAY_MS = 86_400_000;
const NOW = new Date().toISOString();
const daysAgo = (days: number) => new Date(Date.parse(NOW) - days * DAY_MS).toISOString();

let servers: Servers;
let commands: CommandProcess;
let worker: SpecWorker;
let watch: CheckpointWatch;
let review: SilenceReview;

beforeAll(async () => {
  servers = await startServers({ only: ['event-store', 'postgres'] });
  await prepareDatabase(servers.databaseUrl);
  await prepareViews(servers.databaseUrl, projections);
  commands = new CommandProcess(servers.eventStoreUrl, new PersonKeysInMemory(), NOW);
  worker = await SpecWorker.of(commands.store, servers.databaseUrl);
  const { store, streams, bus } = commands;
  const clock = { now: () => NOW, businessDate: () => NOW.slice(0, 10), dueBy: () => NOW };
  watch = new CheckpointWatch(servers.databaseUrl);
  await watch.start();
  const logger = pino({ level: 'silent' });
  review = new SilenceReview({ store, streams, bus, clock, watch, pool: worker.pool, logger });
  await publish({}, 1);
});

afterAll(async () => {
  await watch?.close();
  await worker?.close();
  await commands?.close();
  await servers?.stop();
});

async function publish(change: Partial<RetentionRules>, version: number): Promise<void> {
  const document = { ...defaultRetentionRules, ...change };
  const published = { ...defaultRetentionRulesPublished, version, document };
  await commands.execute(new ToRules({ type: 'PublishRules', ...published }, metaOf()));
}

async function bought(id: string, days: number): Promise<void> {
  await commands.purchase(id, 100, { occurredAt: daysAgo(days) });
}

/** A customer who bought once, so many days ago. */
async function customer(days: number): Promise<string> {
  const { id } = await commands.acquire();
  await bought(id, days);
  return id;
}

/** What the reviews have said, when the view has seen everything. */
async function reviewed(id: string): Promise<object[]> {
  await worker.reached((await commands.store.head())!);
  await review.review();
  await worker.reached((await commands.store.head())!);
  const events = await commands.store.load(`customer-${id}`);
  return events.slice(1).map(({ type, data, metadata }) => ({ type, data, occurredAt: metadata.occurredAt }));
}

const inactive = (occurredAt: string) => ({
  type: 'ChurnRiskAssessed',
  data: { band: 'medium', factors: [{ name: 'inactivity', weight: 0.4, facts: [{ about: 'purchase' }] }] },
  occurredAt,
});

it('says nothing while the view of rhythms has not seen what is recorded', async () => {
  const id = await customer(200);
  await expect(review.review()).rejects.toThrow(Lagging);
  expect(await commands.store.load(`customer-${id}`)).toHaveLength(1);
  worker.start(worker.projection(purchaseRhythm));
  expect(await reviewed(id)).toMatchObject([inactive(daysAgo(20))]);
});

it('says once that a customer is silent, from when they were, and that they were heard of again', async () => {
  const [id, other] = [await customer(200), await customer(179)];
  await reviewed(id);
  await reviewed(id);
  expect(await reviewed(id)).toMatchObject([inactive(daysAgo(20))]);
  expect(await reviewed(other)).toEqual([]);
  await bought(id, 1);
  expect(await reviewed(id)).toMatchObject([
    inactive(daysAgo(20)),
    { type: 'ChurnRiskAssessed', data: { score: 0, band: 'low', factors: [] }, occurredAt: daysAgo(1) },
  ]);
});

it('judges by the customer’s own rhythm, where there is one', async () => {
  const { id } = await commands.acquire();
  for (const days of [100, 80, 60]) await bought(id, days);
  expect(await reviewed(id)).toMatchObject([inactive(daysAgo(20))]);
});

it('says nothing of a silence that is older than the present', async () => {
  const id = await customer(600);
  expect(await reviewed(id)).toEqual([]);
});

it('judges by the rules as they are published, and lets go whom they count as churned', async () => {
  const [silent, lost] = [await customer(100), await customer(150)];
  expect(await reviewed(silent)).toEqual([]);
  await publish({ inactiveAfterRhythms: 1, churnedAfterRhythms: 1.5 }, 2);
  expect(await reviewed(silent)).toMatchObject([inactive(daysAgo(10))]);
  expect(await reviewed(silent)).toMatchObject([inactive(daysAgo(10))]);
  const churned = { type: 'CustomerChurned', data: { how: 'inactive' }, occurredAt: daysAgo(15) };
  expect(await reviewed(lost)).toMatchObject([inactive(daysAgo(60)), churned]);
  await commands.toCustomer(lost, { type: 'WinBackCustomer', trigger: 'A visit' });
  expect(await reviewed(lost)).toHaveLength(3);
});

it('looks at everybody of whom the domain has something to say, and hardly at anybody else', async () => {
  const table = new RowTable(PurchaseRhythm);
  const days = fc.integer({ min: 0, max: 900 });
  const row = fc.record({ purchases: fc.integer({ min: 1, max: 5 }), first: days, last: days, inactive: fc.nat(3) });
  const rows = fc.sample(fc.array(row, { minLength: 1_200, maxLength: 1_200, size: 'max' }), 1)[0]!;
  const stored = rows.map(({ purchases, first, last, inactive: said }, n): PurchaseRhythm => {
    const lastPurchaseAt = daysAgo(Math.min(first, last));
    const purchase = { purchaseId: newId(), eventId: newId(), correlationId: newId(), at: lastPurchaseAt };
    return {
      customerId: derivedId('customer', 'sample', String(n)),
      kept: { count: purchases, earliest: [purchase], latest: [purchase] },
      purchases,
      firstPurchaseAt: purchases === 1 ? lastPurchaseAt : daysAgo(Math.max(first, last)),
      lastPurchaseAt,
      lastPurchaseId: purchase.purchaseId,
      lastPurchaseEventId: purchase.eventId,
      lastPurchaseCorrelationId: purchase.correlationId,
      silentSince: lastPurchaseAt,
      inactiveSince: [null, null, lastPurchaseAt, daysAgo(1_000)][said]!,
      wonBackAt: null,
      cancelled: 0,
      churned: false,
      position: 0,
    };
  });
  await inTransaction(worker.pool, async (client) => {
    await client.query(`delete from ${table.name}`);
    await table.upsert(client, stored);
  });
  const found = await silentCustomers(worker.pool, NOW, defaultRetentionRules);
  const seen = new Set(found.map(({ customerId }) => customerId));
  const needed = stored.filter((each) => reviewOf(each, defaultRetentionRulesPublished, NOW) !== undefined);
  expect(needed.length).toBeGreaterThan(50);
  expect(needed.filter(({ customerId }) => !seen.has(customerId))).toEqual([]);
  const others = stored.filter(({ customerId }) => seen.has(customerId)).filter((each) => !needed.includes(each));
  // Whose inactivity rests on an earlier purchase and who is silent again since long before the present.
  expect(others.filter(({ inactiveSince }) => inactiveSince === null).length).toBeLessThan(20);
});
