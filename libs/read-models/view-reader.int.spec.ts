import { jest } from '@jest/globals';
import { ToPair } from '#commands/handlers/pair.handler.js';
import { newId } from '#contracts/ids.js';
import { prepareDatabase } from '#platform/database/migrate.js';
import { earnPoints } from '#policies/earn-points.policy.js';
import { prepareViews } from '#processing/builds/prepare-views.js';
import { CheckpointWatch, Lagging } from '#processing/checkpoint-watch.js';
import type { Projection } from '#processing/projection.js';
import { segmentOfKey } from '#processing/segments.js';
import { CommandProcess, metaOf, PersonKeysInMemory } from '#testing/command-process.js';
import { type Servers, startServers } from '#testing/servers.js';
import { disturbed, SpecWorker } from '#testing/spec-worker.js';
import { customer360 } from './customer-360/customer-360.projection.js';
import { findCustomer360 } from './customer-360/customer-360.query.js';
import { customerIdentity } from './customer-identity/customer-identity.projection.js';
import { loyaltyLevel } from './loyalty-level/loyalty-level.projection.js';
import { mergeGroup } from './merge-group/merge-group.projection.js';
import { projections } from './projections.js';
import { rulesVersions } from './rules/rules.projection.js';
import { PositionBeyondEnd, type ReadOptions, ViewReader } from './view-reader.js';

jest.setTimeout(60_000);

const TODAY = '2026-06-15';
const MOVE = 'update views.checkpoints set position =';
const SEGMENT = 'where processor = $1 and segment = $2';
/** What the 360° view reads: its answer holds the loyalty of the same moment. */
const VIEWS = [customer360, customerIdentity, loyaltyLevel, mergeGroup, rulesVersions];

let servers: Servers;
let commands: CommandProcess;
let worker: SpecWorker;
let watch: CheckpointWatch;
let reader: ViewReader;

beforeAll(async () => {
  servers = await startServers({ only: ['event-store', 'postgres'] });
  await prepareDatabase(servers.databaseUrl);
  await prepareViews(servers.databaseUrl, projections);
  commands = new CommandProcess(servers.eventStoreUrl, new PersonKeysInMemory());
  await commands.publishRules();
});

beforeEach(async () => {
  worker = await SpecWorker.of(commands.store, servers.databaseUrl);
  watch = new CheckpointWatch(servers.databaseUrl);
  await watch.start();
  reader = new ViewReader(worker.pool, watch, [earnPoints.name], commands.store);
});

afterEach(async () => {
  await watch.close();
  await worker.close();
});

afterAll(async () => {
  await commands?.close();
  await servers?.stop();
});

/** The points of a customer, as the loyalty view tells them. */
async function points(customerId: string, options: ReadOptions) {
  const { rows, position } = await reader.read<{ points: number | null }>(
    [loyaltyLevel],
    `select (select sum((lot ->> 'points')::int)::int from json_array_elements(ledger -> 'lots') as lot) as points
       from views.loyalty_level where customer_id = $1`,
    [customerId],
    options,
  );
  return { points: rows[0]?.points ?? 0, position };
}

describe('a query that names a position', () => {
  it('waits until its views have passed it, and answers with their own', async () => {
    const { id, position } = await commands.acquire();
    const waiting = findCustomer360(reader, id, TODAY, { position: position! });
    worker.start(...VIEWS.map((view) => worker.projection(view as Projection<object>)));
    const answer = await waiting;
    expect(answer.view).toMatchObject({ customerId: id, name: 'Hoa' });
    expect(answer.position).toBeGreaterThanOrEqual(position!);
  });

  it('sees what it wrote, write after write', async () => {
    worker.start(...VIEWS.map((view) => worker.projection(view as Projection<object>)));
    const { id } = await commands.acquire();
    for (let purchases = 1; purchases <= 10; purchases += 1) {
      const { position } = await commands.purchase(id);
      const { view } = await findCustomer360(reader, id, TODAY, { position: position! });
      expect(view).toMatchObject({ purchases });
    }
  });

  it('is refused at once when the position lies beyond the end of the store', async () => {
    const end = (await commands.store.end())!;
    const asking = findCustomer360(reader, newId(), TODAY, { position: end + 1n });
    await expect(asking).rejects.toThrow(PositionBeyondEnd);
  });

  it('does not wait for ever for a view that nobody feeds', async () => {
    const { id, position } = await commands.acquire();
    const hasty = new ViewReader(worker.pool, watch, [], commands.store, 100);
    await expect(findCustomer360(hasty, id, TODAY, { position: position! })).rejects.toThrow(Lagging);
  });

  it('about a customer waits for the segments that hold it and whom it absorbed, and for no other', async () => {
    worker.start(...VIEWS.map((view) => worker.projection(view as Projection<object>)));
    const [alone, survivor] = await Promise.all([commands.acquire(), commands.acquire()]);
    let absorbed = await commands.acquire();
    while ([alone, survivor].some(({ id }) => segmentOfKey(id) === segmentOfKey(absorbed.id))) {
      absorbed = await commands.acquire();
    }
    const merge = new ToPair(survivor.id, absorbed.id, { type: 'Merge', mergeId: newId() }, metaOf());
    const position = (await commands.execute(merge)).position!;
    await worker.reached(position);

    const segment = [customer360.name, segmentOfKey(absorbed.id)];
    await worker.pool.query(`${MOVE} position - 1 ${SEGMENT}`, segment);
    const hasty = new ViewReader(worker.pool, watch, [], commands.store, 100);
    const told = await findCustomer360(hasty, alone.id, TODAY, { position });
    expect(told.view).toMatchObject({ customerId: alone.id });
    expect(told.position).toBeGreaterThanOrEqual(position);
    for (const { id } of [survivor, absorbed]) {
      await expect(findCustomer360(hasty, id, TODAY, { position })).rejects.toThrow(Lagging);
    }
    await worker.pool.query(`${MOVE} position + 1 ${SEGMENT}`, segment);
    const both = await findCustomer360(hasty, absorbed.id, TODAY, { position });
    expect(both.view).toMatchObject({ customerId: survivor.id, members: [absorbed.id] });
  });

  it('covers what the policies appended when it asks for a settled answer', async () => {
    let letGo: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const policy = disturbed(worker.policy(earnPoints, commands), (events) =>
      events.some(({ type }) => type === 'CustomerPurchased') ? held : undefined,
    );
    worker.start(worker.projection(loyaltyLevel), policy);
    const { id } = await commands.acquire();
    const { position } = await commands.purchase(id, 12_300);
    expect(await points(id, { position: position! })).toMatchObject({ points: 0 });
    const settled = points(id, { position: position!, settled: true });
    letGo();
    expect(await settled).toMatchObject({ points: 123 });
    expect((await settled).position).toBeGreaterThan(position!);
    await commands.purchase(id, 10_000);
    expect(await points(id, { settled: true })).toMatchObject({ points: 223 });
  });
});
