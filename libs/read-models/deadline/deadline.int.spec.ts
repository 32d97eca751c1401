import type { Pool } from 'pg';
import { pino } from 'pino';
import { newId } from '#contracts/ids.js';
import type { DueDeadline } from '#domain/deadline.js';
import { prepareDatabase } from '#platform/database/migrate.js';
import { createPool, inTransaction } from '#platform/database/pool.js';
import { findBuild } from '#processing/builds/build.js';
import { prepareViews } from '#processing/builds/prepare-views.js';
import { CheckpointWatch } from '#processing/checkpoint-watch.js';
import { Checkpoint } from '#processing/checkpoints.js';
import { Leases } from '#processing/leases.js';
import type { Projection } from '#processing/projection.js';
import { RowTable } from '#processing/row-table.js';
import { SegmentCheckpoints } from '#processing/segment-checkpoints.js';
import type { HeldSegment } from '#processing/segments.js';
import { TIMERS, Timers } from '#processing/timers.js';
import { type Servers, startServers } from '#testing/servers.js';
import { cutConnections, until } from '#testing/spec-worker.js';
import { deadline } from './deadline.projection.js';
import { DeadlineQuery } from './deadline.query.js';
import { DeadlinesOfOwner } from './deadline.table.js';

const storeId = newId();
const table = new RowTable(DeadlinesOfOwner);
let servers: Servers;
let pool: Pool;
let view: HeldSegment[];
let checkpoints: SegmentCheckpoints;
let source: DeadlineQuery;
let position = 0;

beforeAll(async () => {
  servers = await startServers({ only: ['postgres'] });
  await prepareDatabase(servers.databaseUrl);
  await prepareViews(servers.databaseUrl, [deadline as Projection<object>]);
  pool = createPool(servers.databaseUrl);
  source = new DeadlineQuery(pool);
  checkpoints = new SegmentCheckpoints(source.view, storeId);
  view = await checkpoints.takeOver(pool, (await findBuild(pool, source.view, 'live'))!, [0], 1, async () => undefined);
});

beforeEach(() => pool.query(`delete from ${table.name}`));

afterAll(async () => {
  await pool?.end();
  await servers?.stop();
});

/** What the projection does: rows and checkpoint in one transaction. */
async function set(owner: string, ...dueAts: string[]): Promise<void> {
  position += 1;
  const ids = { causationId: newId(), correlationId: newId() };
  const deadlines = dueAts.map((dueAt, n) => ({
    kind: 'complaintResolution' as const,
    about: String(n),
    dueAt,
    ...ids,
  }));
  const nextDueAt = [...dueAts].sort()[0] ?? null;
  await inTransaction(pool, async (client) => {
    view = await checkpoints.advance(client, view, BigInt(position));
    await table.upsert(client, [{ owner, customerId: null, deadlines, nextDueAt, position }]);
  });
}

async function due(by: string, seen?: Parameters<DeadlineQuery['due']>[1]): Promise<string[][]> {
  const owners: string[][] = [];
  for await (const page of source.due(by, seen)) {
    owners.push(...page.map((deadlines) => deadlines.map(({ owner, dueAt }) => `${owner} ${dueAt}`)));
  }
  return owners;
}

describe('the query of what is due', () => {
  it('gives the deadlines that have passed, those of an owner in their order', async () => {
    await set('a', '2026-01-03T00:00:00Z', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00.5Z');
    await set('b', '2026-01-04T00:00:00Z');
    expect(await due('2026-01-02T12:00:00Z')).toEqual([['a 2026-01-01T00:00:00Z', 'a 2026-01-02T00:00:00.5Z']]);
    // Behind those that have passed another one of the same owner waits.
    expect(await source.next('2026-01-02T12:00:00Z')).toBe('2026-01-03T00:00:00.000Z');
    expect(await source.next('2026-01-03T00:00:00Z')).toBe('2026-01-04T00:00:00.000Z');
    expect(await source.next('2026-01-04T00:00:00Z')).toBeUndefined();
  });

  it('leaves out what was seen, unless it has changed or become due since', async () => {
    await set('seen', '2026-01-01T00:00:00Z');
    await set('due since', '2026-01-03T00:00:00Z');
    const seen = { position: (await source.position())!, dueBy: '2026-01-02T00:00:00Z' };
    await set('changed since', '2026-01-01T00:00:00Z');
    expect(await due('2026-01-02T00:00:00Z', seen)).toEqual([['changed since 2026-01-01T00:00:00Z']]);
    expect((await due('2026-01-04T00:00:00Z', seen)).flat()).toEqual([
      'changed since 2026-01-01T00:00:00Z',
      'due since 2026-01-03T00:00:00Z',
    ]);
  });

  it('hid the later deadline of an owner behind one that had been fired without effect', async () => {
    await set('late', '2026-01-01T00:00:00Z', '2026-01-05T00:00:00Z');
    const seen = { position: (await source.position())!, dueBy: '2026-01-02T00:00:00Z' };
    expect((await due('2026-01-06T00:00:00Z', seen)).flat()).toContain('late 2026-01-05T00:00:00Z');
  });

  it('gives more than a page holds, each owner once', async () => {
    const owners = Array.from({ length: 1_201 }, (_, n) => `many-${n}`);
    for (const owner of owners) await set(owner, '2026-01-01T00:00:00Z');
    const found = await due('2026-01-02T00:00:00Z');
    expect(found.flat().sort()).toEqual(owners.map((owner) => `${owner} 2026-01-01T00:00:00Z`).sort());
  });

  it('never tells a next time that has passed already, however fine it is', async () => {
    await set('fine', '2026-01-01T23:59:59.999400Z');
    expect(await source.next('2026-01-01T23:59:59.999Z')).toBe('2026-01-02T00:00:00.000Z');
  });
});

describe('the timers of two workers', () => {
  const by = '2026-01-02T00:00:00.000Z';

  function worker(fired: string[]) {
    const leases = new Leases(servers.databaseUrl);
    const watch = new CheckpointWatch(servers.databaseUrl);
    const timers = new Timers<DueDeadline>({
      source,
      idOf: ({ owner, dueAt }) => `${owner} ${dueAt}`,
      fire: async ({ owner }) => {
        fired.push(owner);
        return undefined;
      },
      dueBy: () => by,
      pool,
      checkpoint: new Checkpoint(pool, TIMERS, storeId),
      leases,
      watch,
      endOfStore: async () => 10_000n,
      logger: pino({ level: 'silent' }),
    });
    return {
      timers,
      start: async () => {
        await watch.start();
        timers.start();
      },
      close: async () => {
        await timers.close();
        await leases.close();
        await watch.close();
      },
    };
  }

  it('fire by one of them; the other goes on when that one ends, and after every connection was cut', async () => {
    const fired: string[] = [];
    const [one, other] = [worker(fired), worker(fired)];
    await one.start();
    await until(() => one.timers.state.kind === 'running');
    await other.start();
    await until(() => other.timers.state.kind === 'standby');
    await set('first', '2026-01-01T00:00:00Z');
    await until(() => fired.length === 1);

    await pool.query(`delete from ${table.name}`);
    await one.close();
    await until(() => other.timers.state.kind === 'running');
    await set('second', '2026-01-01T00:00:00Z');
    await until(() => fired.length === 2);

    await pool.query(`delete from ${table.name}`);
    await cutConnections(pool);
    await set('third', '2026-01-01T00:00:00Z');
    await until(() => fired.length === 3);
    expect(fired).toEqual(['first', 'second', 'third']);
    await until(async () => {
      const { rows } = await pool.query<{ position: number }>(
        "select position from ops.checkpoints where processor = 'timers'",
      );
      return rows[0]?.position === position;
    });
    await other.close();
  });
});
