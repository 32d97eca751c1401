import { jest } from '@jest/globals';
import type { Pool } from 'pg';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { newId } from '#contracts/ids.js';
import { prepareDatabase } from '#platform/database/migrate.js';
import { inTransaction } from '#platform/database/pool.js';
import { ViewReader } from '#read-models/view-reader.js';
import { CommandProcess, PersonKeysInMemory } from '#testing/command-process.js';
import { eventsOfStore } from '#testing/folding.js';
import { type Servers, startServers } from '#testing/servers.js';
import { SpecWorker, until } from '#testing/spec-worker.js';
import { processorPositions } from '../checkpoint-status.js';
import { CheckpointWatch } from '../checkpoint-watch.js';
import { Fenced } from '../processor.js';
import type { Projection } from '../projection.js';
import { SegmentCheckpoints } from '../segment-checkpoints.js';
import { type Build, findBuild, findBuilds } from './build.js';
import { createBuild, declareReady, dropBuild, indexBuild } from './create.js';
import { OtherVersionLive } from './live-version.js';
import { prepareViews } from './prepare-views.js';
import { NotPromoted, promote, rollBack } from './promote.js';

jest.setTimeout(60_000);

@Entity({ schema: 'views', name: 'bought' })
class Bought {
  @PrimaryColumn('uuid') customerId!: string;
  @Column('int') purchases!: number;
}

/** The second version says the same in another column. */
@Entity({ schema: 'views', name: 'bought' })
class BoughtInWords {
  @PrimaryColumn('uuid') customerId!: string;
  @Column('text') purchases!: string;
}

@Entity({ schema: 'views', name: 'bought_list' })
class BoughtListed {
  @PrimaryColumn('uuid') customerId!: string;
  @Column('text') initial!: string;
}

const key: Projection<object>['key'] = ({ type, metadata }) =>
  type === 'CustomerPurchased' ? metadata.customerId : undefined;

const one: Projection<Bought> = {
  name: 'bought',
  version: 1,
  table: Bought,
  segmentedBy: 'customer',
  key,
  evolve: (row, { metadata }) => ({ customerId: metadata.customerId!, purchases: (row?.purchases ?? 0) + 1 }),
};

const two: Projection<BoughtInWords> = {
  name: 'bought',
  version: 2,
  table: BoughtInWords,
  segmentedBy: 'customer',
  indexes: (table) => [`create index on ${table} (purchases)`],
  listing: {
    table: BoughtListed,
    rowOf: ({ customerId, purchases }) => ({ customerId, initial: purchases[0] }),
  },
  key,
  evolve: (row, { metadata }) => ({ customerId: metadata.customerId!, purchases: `${row?.purchases ?? ''}I` }),
};

const versions = [two, one] as Projection<object>[];
const COUNT = 'select coalesce(sum(purchases), 0)::int as count from views.bought';
const COUNT_WORDS = 'select coalesce(sum(length(purchases)), 0)::int as count from views.bought';

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
  await prepareViews(servers.databaseUrl, [one as Projection<object>]);
  worker = await SpecWorker.of(commands.store, servers.databaseUrl);
  watch = new CheckpointWatch(servers.databaseUrl);
  await watch.start();
  reader = new ViewReader(worker.pool, watch, [], commands.store);
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

function startWorker(): void {
  worker.start(...(['live', 'next', 'previous'] as const).map((build) => worker.build(build, versions)));
}

async function builds(): Promise<Record<string, number>> {
  const rows = await findBuilds(worker.pool, 'bought');
  return Object.fromEntries(rows.map(({ build, version }) => [build, version]));
}

function build(projection: Projection<object>, as: Build, pool: Pool = worker.pool): Promise<void> {
  return inTransaction(pool, (client) => createBuild(client, projection, as, 'ready'));
}

/** Of a customer of its own; resolves with where it stands. */
async function purchase(times = 1): Promise<bigint> {
  const { id } = await commands.acquire();
  let last = 0n;
  for (let n = 0; n < times; n += 1) ({ position: last = last } = await commands.purchase(id));
  return last;
}

/** What the live view counts, whichever version it is of. */
async function counted(position: bigint): Promise<number> {
  const { rows } = await reader.readFirst<{ count: number }>(
    [
      { views: versions.slice(0, 1), sql: COUNT_WORDS, values: [] },
      { views: versions.slice(1), sql: COUNT, values: [] },
    ],
    { position },
  );
  return rows[0]!.count;
}

describe('a next build', () => {
  it('is fed beside the live one, takes its place, and gives it back, without a purchase lost or counted twice', async () => {
    startWorker();
    const before = await counted(await purchase(3));
    await build(versions[0]!, 'next');
    expect(await counted(await purchase(2))).toBe(before + 2);
    await promote(worker.pool, watch, { name: 'bought' });
    expect(await builds()).toEqual({ live: 2, previous: 1 });
    expect(await counted(await purchase(2))).toBe(before + 4);
    await rollBack(worker.pool, watch, { name: 'bought' });
    expect(await builds()).toEqual({ live: 1, previous: 2 });
    expect(await counted(await purchase())).toBe(before + 5);
    await rollBack(worker.pool, watch, { name: 'bought' });
    expect(await builds()).toEqual({ live: 2, previous: 1 });
    expect(await counted(await purchase())).toBe(before + 6);
  });

  it('may take the place of another one again and again, with its listing and its indexes', async () => {
    startWorker();
    const before = await counted(await purchase());
    for (const version of [versions[0]!, versions[1]!, versions[0]!]) {
      await build(version, 'next');
      await promote(worker.pool, watch, { name: 'bought' });
      expect((await builds()).live).toBe(version.version);
    }
    expect(await counted(await purchase())).toBe(before + 1);
    const listed = await worker.pool.query('select initial from views.bought_list');
    expect(new Set(listed.rows.map(({ initial }) => initial))).toEqual(new Set(['I']));
    const { rows } = await worker.pool.query(
      "select tablename, count(*)::int as indexes from pg_indexes where tablename like 'bought%' group by 1 order by 1",
    );
    expect(rows).toEqual([
      { tablename: 'bought', indexes: 2 },
      { tablename: 'bought_list', indexes: 1 },
      { tablename: 'bought_previous', indexes: 1 },
    ]);
  });

  it('that is filled first and indexed afterwards is fed when it is declared ready', async () => {
    startWorker();
    const position = await purchase();
    await inTransaction(worker.pool, (client) => createBuild(client, versions[0]!, 'next', 'building'));
    const [, next] = worker.runners;
    const asked = promote(worker.pool, watch, { name: 'bought' });
    await expect(asked).rejects.toThrow('still being built');
    expect(next!.state.kind).toBe('absent');
    await inTransaction(worker.pool, async (client) => {
      await indexBuild(client, versions[0]!, 'next');
      await declareReady(client, 'bought', 'next');
    });
    await until(() => next!.position !== undefined && next!.position >= position);
    await promote(worker.pool, watch, { name: 'bought' });
    expect(await builds()).toEqual({ live: 2, previous: 1 });
  });

  it('is dropped without a trace, and its processor is told', async () => {
    startWorker();
    await build(versions[0]!, 'next');
    const [, next] = worker.runners;
    await until(() => next!.isRunning);
    await inTransaction(worker.pool, (client) => dropBuild(client, 'bought', 'next'));
    await until(() => next!.state.kind === 'absent');
    const { rows } = await worker.pool.query(
      `select relname from pg_class where relname like 'bought%next%'
       union all select processor from views.checkpoints where processor = 'bought@next'`,
    );
    expect(rows).toEqual([]);
  });

  it('is refused while there is none, or while nobody feeds it as far as the live one', async () => {
    await expect(promote(worker.pool, watch, { name: 'bought' })).rejects.toThrow('no next build');
    await expect(rollBack(worker.pool, watch, { name: 'bought' })).rejects.toThrow(NotPromoted);
    await build(versions[0]!, 'next');
    worker.start(worker.build('live', versions));
    await counted(await purchase());
    await expect(promote(worker.pool, watch, { name: 'bought' })).rejects.toThrow('lags behind');
    expect(await builds()).toEqual({ live: 1, next: 2 });
  });

  it.each(['live', 'next'])('is refused where the %s one is of another event store', async (as) => {
    startWorker();
    await build(versions[0]!, 'next');
    await purchase();
    await until(async () => (await processorPositions(worker.pool)).length === 2);
    await promote(worker.pool, watch, { name: 'bought' });
    await build(versions[0]!, 'next');
    await until(() => worker.runners.every(({ isRunning }) => isRunning));
    await worker.pool.query('update views.checkpoints set store_id = gen_random_uuid() where processor = $1', [
      as === 'live' ? 'bought' : 'bought@next',
    ]);
    await expect(promote(worker.pool, watch, { name: 'bought' })).rejects.toThrow('different event stores');
    if (as === 'live') {
      await expect(rollBack(worker.pool, watch, { name: 'bought' })).rejects.toThrow('different event stores');
    }
    expect(await builds()).toEqual({ live: 2, next: 2, previous: 1 });
  });

  it('tells how many keys wait in it that the live one answers', async () => {
    startWorker();
    await build(versions[0]!, 'next');
    await purchase();
    const park = (processor: string, key: string) =>
      worker.pool.query(
        'insert into views.parked (processor, key, position, event_id, error) values ($1, $2, 1, $3, $4)',
        [processor, key, newId(), 'bad'],
      );
    for (const [processor, key] of [
      ['bought', 'both'],
      ['bought@next', 'both'],
      ['bought@next', 'new'],
      ['bought', 'old'],
    ]) {
      await park(processor!, key!);
    }
    expect(await promote(worker.pool, watch, { name: 'bought' })).toEqual({ newlyParked: 1 });
    expect(await rollBack(worker.pool, watch, { name: 'bought' })).toEqual({ newlyParked: 1 });
  });

  it('waits for long queries of the live one, and others do not wait with it', async () => {
    startWorker();
    await build(versions[0]!, 'next');
    await counted(await purchase());
    const reading = await worker.pool.connect();
    await reading.query('begin');
    await reading.query(COUNT);
    const promotion = promote(worker.pool, watch, { name: 'bought' });
    const before = await counted(await purchase());
    await reading.query('commit');
    reading.release();
    await promotion;
    expect(await counted(await purchase())).toBe(before + 1);
  });
});

describe('a promotion', () => {
  /** The same table, folded otherwise: what the wrong version stored, nobody would notice. */
  const byHundreds: Projection<Bought> = {
    ...one,
    version: 2,
    evolve: (row, { metadata }) => ({ customerId: metadata.customerId!, purchases: (row?.purchases ?? 0) + 100 }),
  };

  it('fences off whoever fed what was live, however often each build was taken over before', async () => {
    const position = await purchase(2);
    const event = (await eventsOfStore(commands.store)).find((recorded) => recorded.position === position)!;
    for (let times = 1; times <= 4; times += 1) {
      const [live, next] = (['live', 'next'] as const).map((as) => worker.build(as, [byHundreds, one]));
      await build(byHundreds as unknown as Projection<object>, 'next');
      for (let opened = 0; opened < times; opened += 1) await live!.open();
      await next!.open();
      const before = position - 2n;
      await Promise.all([live!, next!].map((each) => each.process([], before)));
      await promote(worker.pool, watch, { name: 'bought' });
      await expect(live!.process([event], position)).rejects.toThrow(Fenced);
      expect((await worker.pool.query('select from views.bought')).rowCount).toBe(0);
      await Promise.all([live!, next!].map((each) => each.close()));
      await worker.pool.query('drop schema views cascade');
      await prepareViews(servers.databaseUrl, [one as Projection<object>]);
    }
  });

  it('between the look at a build and its take-over is noticed: nothing is taken over', async () => {
    await build(byHundreds as unknown as Projection<object>, 'next');
    const before = (await findBuild(worker.pool, 'bought', 'live'))!;
    await promote(worker.pool, watch, { name: 'bought' });
    const takeOver = new SegmentCheckpoints('bought', worker.storeId).takeOver(worker.pool, before, [0], 12, () =>
      commands.store.end(),
    );
    await expect(takeOver).rejects.toThrow(Fenced);
  });
});

describe('a version that is not live', () => {
  it('is not read: a query says so, whether it fits the tables or not', async () => {
    const asked = (sql: string) => reader.read(versions.slice(0, 1), sql, [], {});
    await expect(asked(COUNT)).rejects.toThrow(OtherVersionLive);
    await expect(asked('select nothing from views.bought')).rejects.toThrow('Version 1 of bought is live');
  });

  it('stops a worker that does not know it, until one that it knows is live', async () => {
    await inTransaction(worker.pool, (client) => createBuild(client, versions[0]!, 'next', 'ready'));
    await promote(worker.pool, watch, { name: 'bought' });
    worker.start(worker.build('live', [one]));
    const [live] = worker.runners;
    await until(() => live!.state.kind === 'stopped');
    expect(live!.state).toMatchObject({ error: expect.stringContaining('version 2, but this program knows 1') });
    await rollBack(worker.pool, watch, { name: 'bought' });
    await until(() => live!.isRunning);
  });
});

describe('the schema of the views', () => {
  it('is made anew where it is older than builds, and a view whose table was dropped is made again', async () => {
    await worker.pool.query('drop table views.builds; create table views.bought_v1 (id int)');
    await prepareViews(servers.databaseUrl, versions);
    expect(await builds()).toEqual({ live: 2 });
    expect((await worker.pool.query("select to_regclass('views.bought_v1') as old")).rows[0].old).toBeNull();
    await worker.pool.query('drop table views.bought_list');
    startWorker();
    await prepareViews(servers.databaseUrl, versions);
    await counted(await purchase());
    expect((await worker.pool.query('select 1 from views.bought_list')).rowCount).toBeGreaterThan(0);
  });
});
