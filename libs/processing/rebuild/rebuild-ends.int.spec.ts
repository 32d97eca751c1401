import { jest } from '@jest/globals';
import { RebuildSystem } from '#apps/cli/projections/testing/rebuild-system.js';
import type { Launched } from '#apps/cli/up/testing/launched.js';
import { inTransaction } from '#platform/database/pool.js';
import { projections } from '#read-models/projections.js';
import { until } from '#testing/spec-worker.js';
import { tally, tallyInWords } from '#testing/tally.js';
import { createBuild } from '../builds/create.js';
import type { Projection } from '../projection.js';
import { dropAbandonedBuilds } from './abandoned.js';
import { NotRebuilt } from './not-rebuilt.js';
import { rebuild } from './rebuild.js';
import { holderOf, RebuildLock, RebuildRunning } from './rebuild-lock.js';

jest.setTimeout(120_000);

/** Of the 360° view. */
const { version: VERSION } = projections[0]!;

let system: RebuildSystem;

beforeAll(async () => {
  system = await RebuildSystem.start();
});

beforeEach(() => system.open());
afterEach(() => system.close());
afterAll(() => system?.stop());

/** `rapport projections rebuild customer_360`, filled and indexed, that stands still where it says how far it has come. */
async function standingStill(): Promise<{ command: Launched; goOn(): Promise<void> }> {
  const { pool } = system.worker;
  await pool.query(`
    create function views.stand_still() returns trigger language plpgsql
      as $$ begin perform pg_advisory_xact_lock_shared(77); return new; end $$;
    create trigger stands_still before update of position on views.checkpoints for each row execute function views.stand_still()`);
  const blocker = await pool.connect();
  await blocker.query('select pg_advisory_lock(77)');
  const command = system.command('rebuild', 'customer_360');
  const waits = "select from pg_locks where locktype = 'advisory' and objid = 77 and not granted";
  await until(async () => (await pool.query(waits)).rowCount === 1);
  const goOn = async () => {
    await blocker.query('select pg_advisory_unlock(77)');
    blocker.release();
    await pool.query('drop function views.stand_still() cascade');
  };
  return { command, goOn };
}

describe('a rebuild', () => {
  it('that has lost its lock ends, and leaves the build to whoever may have it now', async () => {
    await system.commands.acquire();
    const locks = "from pg_stat_activity where application_name like 'rapport rebuild%'";
    const open = async () => {
      await system.worker.pool.query(`select pg_terminate_backend(pid) ${locks}`);
      await until(async () => (await system.worker.pool.query(`select ${locks}`)).rowCount === 0);
    };
    const store = Object.assign(Object.create(system.worker.store), { open });
    const rebuilt = rebuild([projections[0]!], { ...system.parts, store }, () => {});
    await expect(rebuilt).rejects.toThrow('The connection that kept other rebuilds of the view away is lost.');
    expect((await system.builds('customer_360')).next).toBe(`${VERSION} building`);
  });

  it('is refused while another one of the same view runs, and while a next build waits for its promotion', async () => {
    const lock = await RebuildLock.take(system.servers.databaseUrl, ['tally']);
    const again = () => rebuild([tally as Projection<object>], system.parts, () => {});
    await expect(again()).rejects.toThrow(RebuildRunning);
    await expect(again()).rejects.toThrow(`process ${process.pid}`);
    await lock.release();
    await again();
    await expect(again()).rejects.toThrow(NotRebuilt);
  });

  it('whose rows cannot be folded ends at the 21st: that is no fault of their events', async () => {
    for (let n = 0; n < 22; n += 1) await system.commands.acquire();
    let folded = 0;
    const evolve = () => {
      folded += 1;
      throw new Error('always wrong');
    };
    const rebuilt = rebuild([{ ...(tally as Projection<object>), evolve }], system.parts, () => {});
    await expect(rebuilt).rejects.toThrow(NotRebuilt);
    await expect(rebuilt).rejects.toThrow(
      /^More than 20 rows of tally cannot be made\. The first: [0-9a-f-]{36}, from the event at position \d+: always wrong$/,
    );
    expect(folded).toBe(21);
    expect((await system.builds('tally')).next).toBeUndefined();
  });

  it('ends too where PostgreSQL refuses so many rows', async () => {
    for (let n = 0; n < 22; n += 1) await system.commands.acquire();
    const evolve: Projection<object>['evolve'] = (_, { metadata }) => {
      return { customerId: metadata.customerId!, events: 2 ** 40, sum: 0 };
    };
    const rebuilt = rebuild([{ ...(tally as Projection<object>), evolve }], system.parts, () => {});
    await expect(rebuilt).rejects.toThrow(NotRebuilt);
    await expect(rebuilt).rejects.toThrow(/^More than 20 rows of tally cannot be made\. .*out of range/);
    expect((await system.builds('tally')).next).toBeUndefined();
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('that is told to end by %s drops what it has made', async (signal) => {
    await system.commands.acquire();
    const { command: told, goOn } = await standingStill();
    expect((await system.builds('customer_360')).next).toBe(`${VERSION} building`);
    told.process.kill(signal);
    await goOn();
    expect(await told.exit).toBe(1);
    expect(told.stderr).toContain('told to end');
    expect(await system.builds('customer_360')).toEqual({ live: `${VERSION} ready` });
  });

  it('that is told to end while it makes an index does not wait for it', async () => {
    await system.commands.acquire();
    const stop = new AbortController();
    // PostgreSQL is told that it may be indexed, and does not look.
    await system.worker.pool.query(
      "create function views.slowly(int) returns int language sql immutable as 'select 1 from pg_sleep(3600)'",
    );
    const indexes = (table: string) => [`create index on ${table} (views.slowly(events))`];
    const slow = { ...tally, indexes } as unknown as Projection<object>;
    const rebuilding = rebuild([slow], { ...system.parts, signal: stop.signal }, () => {});
    rebuilding.catch(() => {});
    await until(async () => {
      const { rows } = await system.worker.pool.query("select from pg_stat_activity where wait_event = 'PgSleep'");
      return rows.length > 0;
    });
    stop.abort(new Error('Enough.'));
    await expect(rebuilding).rejects.toThrow('Enough.');
    expect(await system.builds('tally')).toEqual({ live: '1 ready' });
  });

  it('that nobody goes on with is told as such, and dropped by the worker that starts next', async () => {
    const lock = await RebuildLock.take(system.servers.databaseUrl, ['tally']);
    await inTransaction(system.worker.pool, (client) =>
      createBuild(client, tallyInWords as Projection<object>, 'next', 'building'),
    );
    expect(await dropAbandonedBuilds(system.worker.pool)).toEqual([]);
    await lock.release();
    // The server may take a moment to see that the connection is gone.
    await until(async () => (await holderOf(system.worker.pool, 'tally')) === undefined);
    expect(await dropAbandonedBuilds(system.worker.pool)).toEqual(['tally']);
    expect(await system.builds('tally')).toEqual({ live: '1 ready' });
  });

  it('that is killed in the middle leaves nothing that a second one stumbles over', async () => {
    for (let n = 0; n < 30; n += 1) await system.commands.acquire();
    const { command: killed, goOn } = await standingStill();
    const second = system.command('rebuild', 'customer_360');
    expect(await second.exit).toBe(1);
    expect(second.stderr).toContain(`being rebuilt already, by rapport rebuild`);
    killed.process.kill('SIGKILL');
    await killed.exit;
    await goOn();
    expect(await system.builds('customer_360')).toEqual({ live: `${VERSION} ready`, next: `${VERSION} building` });
    expect(await system.command('list').firstResult()).toMatchObject({
      views: expect.arrayContaining([
        expect.objectContaining({
          name: 'customer_360',
          builds: expect.arrayContaining([expect.objectContaining({ build: 'next', state: 'abandoned' })]),
        }),
      ]),
    });
    system.worker.start(
      ...(['live', 'next', 'previous'] as const).map((build) => system.worker.build(build, [projections[0]!])),
    );
    await system.worker.reached((await system.commands.store.head())!, 'customer_360');
    const again = system.command('rebuild', 'customer_360');
    expect([await again.exit, again.stderr]).toEqual([0, expect.any(String)]);
    const { views: rebuilt, comparisons } = await again.firstResult();
    expect(rebuilt).toMatchObject([{ projection: 'customer_360', parked: 0 }]);
    expect(comparisons).toMatchObject([{ same: true }]);
    const told = {
      list: system.command('list'),
      status: system.command('status', 'customer_360'),
      diff: system.command('diff', 'customer_360'),
    };
    const next = { build: 'next', version: VERSION, state: 'ready' };
    const views = expect.arrayContaining([
      expect.objectContaining({
        name: 'customer_360',
        builds: expect.arrayContaining([expect.objectContaining(next)]),
      }),
    ]);
    expect(await told.list.firstResult()).toMatchObject({ views });
    expect(await told.status.firstResult()).toMatchObject({
      builds: [
        { build: 'live', lag: 0 },
        { build: 'next', lag: 0 },
      ],
    });
    expect(await told.diff.firstResult()).toMatchObject({ same: true, tables: [{ differing: 0 }, { differing: 0 }] });
    for (const step of ['promote', 'rollback']) {
      const done = system.command(step, 'customer_360');
      expect([await done.exit, done.stderr]).toEqual([0, '']);
    }
    expect(await system.builds('customer_360')).toEqual({ live: `${VERSION} ready`, previous: `${VERSION} ready` });
    const dropped = system.command('drop', 'customer_360', 'previous');
    expect([await dropped.exit, dropped.stderr]).toEqual([0, '']);
    const { rows } = await system.worker.pool.query(
      "select relname from pg_class where relname like 'customer\\_%\\_next'",
    );
    expect(rows).toEqual([]);
  });
});
