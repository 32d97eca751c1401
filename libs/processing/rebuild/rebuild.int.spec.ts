import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { jest } from '@jest/globals';
import fc from 'fast-check';
import type { Pool, PoolClient } from 'pg';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { FoldThreadData } from '#apps/cli/projections/start-fold-thread.js';
import { Launched } from '#apps/cli/up/testing/launched.js';
import { newId } from '#contracts/ids.js';
import type { CustomerCommand } from '#domain/customer/commands.js';
import { PostgresPersonKeys } from '#event-store/person-keys.js';
import { prepareDatabase } from '#platform/database/migrate.js';
import { createPool, inTransaction } from '#platform/database/pool.js';
import { createIndexes, createTable } from '#platform/database/tables.js';
import { projections } from '#read-models/projections.js';
import { DIST } from '#testing/built.js';
import { ACQUIRE, assess, CommandProcess, recordPurchase } from '#testing/command-process.js';
import { HAS_FULL_COUNTS } from '#testing/full-counts.js';
import { holdsOnServers } from '#testing/property.js';
import { type Servers, startServers } from '#testing/servers.js';
import { SpecWorker, until } from '#testing/spec-worker.js';
import { findBuilds } from '../builds/build.js';
import { createBuild, dropBuild } from '../builds/create.js';
import { prepareViews } from '../builds/prepare-views.js';
import { promote, rollBack } from '../builds/promote.js';
import { CheckpointWatch } from '../checkpoint-watch.js';
import { OtherHistory } from '../other-history.js';
import type { Projection } from '../projection.js';
import { RowTable } from '../row-table.js';
import { dropAbandonedBuilds } from './abandoned.js';
import { compare } from './compare.js';
import { Feed } from './feed.js';
import { NotRebuilt } from './not-rebuilt.js';
import { FOLD_SIZE, rebuild } from './rebuild.js';
import { holderOf, RebuildLock, RebuildRunning } from './rebuild-lock.js';
import { RowCopy } from './row-copy.js';

jest.setTimeout(120_000);

/** How long the writers of the crowd go on: a minute with the full counts. */
const CROWD_MS = HAS_FULL_COUNTS ? 60_000 : 6_000;
const WRITERS = 32;
/** Of the 360° view. */
const { version: VERSION } = projections[0]!;

@Entity({ schema: 'views', name: 'tally' })
class Tally {
  @PrimaryColumn('uuid') customerId!: string;
  @Column('int') events!: number;
  /** Σ positions: an event that is missing and another that is counted twice do not make up for each other. */
  @Column('bigint') sum!: number;
}

/** Of version 2, with a column more. */
@Entity({ schema: 'views', name: 'tally' })
class TallyInWords {
  @PrimaryColumn('uuid') customerId!: string;
  @Column('int') events!: number;
  @Column('bigint') sum!: number;
  @Column('text') words!: string;
}

@Entity({ schema: 'views', name: 'tally_list' })
class TallyListed {
  @PrimaryColumn('uuid') customerId!: string;
}

/** Every type of column that a view may have. */
@Entity({ schema: 'views', name: 'mixed' })
class Mixed {
  @PrimaryColumn('text') id!: string;
  @Column('text', { nullable: true }) text!: string | null;
  @Column('text', { array: true }) texts!: string[];
  @Column('jsonb') json!: unknown;
  @Column('json', { nullable: true }) loose!: unknown;
  @Column('timestamptz', { nullable: true }) at!: string | null;
  @Column('date', { nullable: true }) day!: string | null;
  @Column('int') count!: number;
  @Column('bigint') big!: number;
  @Column('boolean') yes!: boolean;
}

/** What the edge lets in: any text without NUL and without halves of pairs. */
const text = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(...['\\N', '\\.', '\\', '{}', '"', ',', 'null', '\t\r\n', '\b\f\v', '']),
  )
  .filter((given) => !given.includes('\0') && given.isWellFormed());
const instant = fc.date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true });
const json = fc.dictionary(
  text,
  fc.oneof(text, fc.array(text), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null)),
);
const mixedRow: fc.Arbitrary<Mixed> = fc.record({
  id: text,
  text: fc.option(text),
  texts: fc.array(text),
  json,
  loose: fc.option(json),
  at: fc.option(instant.map((date) => date.toISOString())),
  day: fc.option(instant.map((date) => date.toISOString().slice(0, 10))),
  count: fc.integer(),
  big: fc.maxSafeInteger(),
  yes: fc.boolean(),
});

const counted = (row: Tally | undefined, position: bigint) => ({
  events: (row?.events ?? 0) + 1,
  sum: (row?.sum ?? 0) + Number(position),
});

const one: Projection<Tally> = {
  name: 'tally',
  version: 1,
  table: Tally,
  segmentedBy: 'customer',
  key: ({ metadata }) => metadata.customerId,
  evolve: (row, { metadata, position }) => ({ customerId: metadata.customerId!, ...counted(row, position) }),
};

const two: Projection<TallyInWords> = {
  ...one,
  version: 2,
  table: TallyInWords,
  evolve: (row, event) => ({
    customerId: event.metadata.customerId!,
    ...counted(row, event.position),
    words: `${(row?.events ?? 0) + 1} events`,
  }),
};

const versions = [two, one] as Projection<object>[];
const HOSTILE = [
  '\\N',
  '\\.',
  'a\\',
  '"{},',
  "'; drop table x --",
  'ba\tck\r\n\\t',
  '𝒳 Nguyễn \u200f',
  'null',
  '{NULL}',
];

let servers: Servers;
let commands: CommandProcess;
let worker: SpecWorker;
let watch: CheckpointWatch;
let cli: Record<string, string>;
let keys: Pool;

beforeAll(async () => {
  servers = await startServers({ only: ['event-store', 'postgres'] });
  await prepareDatabase(servers.databaseUrl);
  const masterKey = randomBytes(32);
  keys = createPool(servers.databaseUrl);
  commands = new CommandProcess(servers.eventStoreUrl, new PostgresPersonKeys(keys, masterKey));
  await commands.publishRules();
  cli = {
    EVENTSTORE_URL: servers.eventStoreUrl,
    DATABASE_URL: servers.databaseUrl,
    RAPPORT_MASTER_KEY: masterKey.toString('base64'),
  };
});

beforeEach(async () => {
  await prepareViews(servers.databaseUrl, [...projections, one as Projection<object>]);
  worker = await SpecWorker.of(commands.store, servers.databaseUrl);
  watch = new CheckpointWatch(servers.databaseUrl);
  await watch.start();
});

afterEach(async () => {
  await watch.close();
  await worker.close();
  const pool = createPool(servers.databaseUrl);
  await pool.query('drop schema views cascade');
  await pool.end();
});

afterAll(async () => {
  await commands?.close();
  await keys?.end();
  await servers?.stop();
});

function parts() {
  const { store, storeId, pool } = worker;
  return { store, storeId, pool, databaseUrl: servers.databaseUrl };
}

/** What a thread needs for all views. */
function threadData(): FoldThreadData {
  const masterKey = Buffer.from(cli.RAPPORT_MASTER_KEY!, 'base64');
  const views = projections.map(({ name, version }) => `${name}@${version}`);
  return { views, databaseUrl: servers.databaseUrl, masterKey };
}

function command(...args: string[]): Launched {
  return Launched.node(join(DIST, 'apps/cli/main.js'), ['projections', ...args, '--json'], cli);
}

async function builds(name: string): Promise<Record<string, string>> {
  const rows = await findBuilds(worker.pool, name);
  return Object.fromEntries(rows.map(({ build, version, state }) => [build, `${version} ${state}`]));
}

/** A customer with everything that is hard to copy: texts, lists, nothing. */
async function hostileCustomer(text: string): Promise<string> {
  const { id } = await commands.toCustomer(newId(), { ...ACQUIRE, name: text });
  const more: CustomerCommand[] = [
    { type: 'UpdateProfile', address: { city: text, lines: [text, text] }, language: 'vi' } as CustomerCommand,
    assess(0.5),
  ];
  for (const next of more) await commands.toCustomer(id, next);
  await commands.toPurchase(newId(), recordPurchase(id, 1_000));
  return id;
}

describe('a rebuild', () => {
  it('of all views at once makes the rows that the live ones have, whatever stands in them, in threads and with little memory too', async () => {
    for (const text of HOSTILE) await hostileCustomer(text);
    worker.start(...projections.map((projection) => worker.projection(projection)));
    await worker.reached((await commands.store.head())!);
    const startThread = () =>
      new Worker(join(DIST, 'apps/cli/projections/fold-thread.js'), { workerData: threadData() });
    for (const size of [FOLD_SIZE, { alone: 10, partitions: 3, memory: 2_000, largest: 20_000 }]) {
      const rebuilt = await rebuild(projections, { ...parts(), startThread }, () => {}, size);
      expect(rebuilt.views.map(({ parked }) => parked)).toEqual(projections.map(() => 0));
      expect(rebuilt.views.find(({ projection }) => projection === 'customer_360')!.rows).toBe(HOSTILE.length);
      for (const projection of projections) {
        const { same, tables, position } = await compare([projection], 'next', parts(), 5);
        expect({ name: projection.name, tables: tables.filter(() => !same) }).toEqual({
          name: projection.name,
          tables: [],
        });
        expect(position).toBe(await commands.store.head());
        await inTransaction(worker.pool, (client) => dropBuild(client, projection.name, 'next'));
      }
    }
    const listed = await worker.pool.query("select count(*)::int as rows from views.customer_list where phones = '{}'");
    expect(listed.rows[0].rows).toBe(HOSTILE.length);
  });

  it('is compared row by row: what differs is told, and in a listing too', async () => {
    const id = await hostileCustomer('Hoa');
    const other = await hostileCustomer('Lan');
    worker.start(worker.projection(projections[0]!));
    await worker.reached((await commands.store.head())!);
    await rebuild([projections[0]!], parts(), () => {});
    await worker.pool.query('update views.customer_360_next set purchases = 7 where customer_id = $1', [id]);
    await worker.pool.query('delete from views.customer_list_next where customer_id = $1', [other]);
    const { same, tables } = await compare([projections[0]!], 'next', parts(), 5);
    expect(same).toBe(false);
    expect(tables).toMatchObject([
      { differing: 1, onlyLive: 0, onlyOther: 0, examples: [{ key: id, in: 'both', fields: { purchases: [1, 7] } }] },
      { differing: 0, onlyLive: 1, onlyOther: 0, examples: [{ key: other, in: 'live', fields: {} }] },
    ]);
  });

  it('parks the keys that cannot be folded or stored, with their events, and makes the other rows', async () => {
    const [fine, poisoned, refused] = [
      await hostileCustomer('a'),
      await hostileCustomer('b'),
      await hostileCustomer('c'),
    ];
    const broken: Projection<Tally> = {
      ...one,
      evolve: (row, event) => {
        const { customerId } = event.metadata;
        if (customerId === poisoned && event.type === 'ProfileUpdated') throw new Error('poisoned');
        // Of one that cannot be stored, another event breaks the fold.
        if (customerId === refused && event.type === 'ChurnRiskAssessed') throw new Error('poisoned');
        const next = one.evolve(row, event)!;
        return customerId === refused ? { ...next, events: 2 ** 40 } : next;
      },
    };
    const { views } = await rebuild([broken as Projection<object>], parts(), () => {});
    expect(views[0]!.parked).toBe(2);
    const rows = await worker.pool.query(
      'select customer_id as id, events from views.tally_next where customer_id = any($1)',
      [[fine, poisoned, refused]],
    );
    expect(new Map(rows.rows.map(({ id, events }) => [id, events]))).toEqual(
      new Map([
        [fine, 4],
        [poisoned, 1],
      ]),
    );
    const parked = await worker.pool.query(
      `select key, count(*)::int as events, min(error) as error from views.parked
        where processor = 'tally@next' group by key`,
    );
    expect(new Map(parked.rows.map(({ key, events, error }) => [key, [events, error]]))).toEqual(
      new Map([
        [poisoned, [3, 'poisoned']],
        [refused, [4, 'value "1099511627776" is out of range for type integer']],
      ]),
    );
  });

  it.each([
    ['another store', 'store_id = gen_random_uuid()', 'belongs to event store'],
    ['a store that was longer', 'position = 1e12', 'lies beyond the end of the event store'],
  ])('is refused where the live rows are of %s, and so is a comparison: nothing is made', async (_, was, why) => {
    await commands.acquire();
    worker.start(worker.projection(one));
    await worker.reached((await commands.store.head())!);
    await rebuild([one as Projection<object>], parts(), () => {});
    await worker.close();
    worker = await SpecWorker.of(commands.store, servers.databaseUrl);
    await worker.pool.query(`update views.checkpoints set ${was} where processor = 'tally'`);
    await expect(compare(versions, 'next', parts(), 1)).rejects.toThrow(why);
    await inTransaction(worker.pool, (client) => dropBuild(client, 'tally', 'next'));
    await expect(rebuild([one as Projection<object>], parts(), () => {})).rejects.toThrow(OtherHistory);
    expect(await builds('tally')).toEqual({ live: '1 ready' });
  });

  it('takes nothing up to a position that the store does not have', async () => {
    const feed = new Feed([one as Projection<object>], 'live', parts());
    const stood = await feed.open();
    await expect(feed.take(stood, (await commands.store.end())! + 1n)).rejects.toThrow(OtherHistory);
    await expect(feed.open()).resolves.toBe(await commands.store.head());
  });

  it('says which index cannot hold what stands in a row, and leaves nothing', async () => {
    await commands.acquire();
    const filled: Projection<object> = {
      ...two,
      evolve: (row, event) => ({
        ...two.evolve(row as TallyInWords, event)!,
        words: randomBytes(8_000).toString('hex'),
      }),
      indexes: (table) => [`create index on ${table} (words)`],
    } as Projection<object>;
    const failed = rebuild([filled], parts(), () => {});
    await expect(failed).rejects.toThrow(NotRebuilt);
    await expect(failed).rejects.toThrow(/index row requires .*\(`create index on views\.tally_next \(words\)`/);
    expect(await builds('tally')).toEqual({ live: '1 ready' });
  });

  it('with a listing that the live version does not have is told to differ', async () => {
    await commands.acquire();
    const listed = {
      ...two,
      listing: { table: TallyListed, rowOf: ({ customerId }: TallyInWords) => ({ customerId }) },
    };
    const known = [listed, one] as unknown as Projection<object>[];
    worker.start(worker.build('live', known));
    await worker.reached((await commands.store.head())!);
    const { views } = await rebuild([known[0]!], parts(), () => {});
    const { same, tables } = await compare(known, 'next', parts(), 1);
    expect(same).toBe(false);
    expect(tables[1]).toEqual({
      table: 'views.tally_list',
      live: 0,
      other: views[0]!.rows,
      onlyLive: 0,
      onlyOther: views[0]!.rows,
      differing: 0,
      examples: [],
      notCompared: ['customer_id'],
    });
  });

  it('that has lost its lock ends, and leaves the build to whoever may have it now', async () => {
    await hostileCustomer('Hoa');
    const locks = "from pg_stat_activity where application_name like 'rapport rebuild%'";
    const open = async () => {
      await worker.pool.query(`select pg_terminate_backend(pid) ${locks}`);
      await until(async () => (await worker.pool.query(`select ${locks}`)).rowCount === 0);
    };
    const store = Object.assign(Object.create(worker.store), { open });
    const rebuilt = rebuild([projections[0]!], { ...parts(), store }, () => {});
    await expect(rebuilt).rejects.toThrow('The connection that kept other rebuilds of the view away is lost.');
    expect((await builds('customer_360')).next).toBe(`${VERSION} building`);
  });

  it('is refused while another one of the same view runs, and while a next build waits for its promotion', async () => {
    const lock = await RebuildLock.take(servers.databaseUrl, ['tally']);
    const again = () => rebuild([one as Projection<object>], parts(), () => {});
    await expect(again()).rejects.toThrow(RebuildRunning);
    await expect(again()).rejects.toThrow(`process ${process.pid}`);
    await lock.release();
    await again();
    await expect(again()).rejects.toThrow(NotRebuilt);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('that is told to end by %s drops what it has made', async (signal) => {
    await commands.acquire();
    // It stands still where it would read the keys of personal data.
    const blocker = await worker.pool.connect();
    await blocker.query('begin; lock table ops.person_keys in access exclusive mode');
    const told = command('rebuild', 'customer_360');
    await until(async () => (await builds('customer_360')).next === `${VERSION} building`);
    told.process.kill(signal);
    await blocker.query('rollback');
    blocker.release();
    expect(await told.exit).toBe(1);
    expect(told.stderr).toContain('told to end');
    expect(await builds('customer_360')).toEqual({ live: `${VERSION} ready` });
  });

  it('that is told to end while it makes an index does not wait for it', async () => {
    await commands.acquire();
    const stop = new AbortController();
    // PostgreSQL is told that it may be indexed, and does not look.
    await worker.pool.query(
      "create function views.slowly(int) returns int language sql immutable as 'select 1 from pg_sleep(3600)'",
    );
    const indexes = (table: string) => [`create index on ${table} (views.slowly(events))`];
    const slow = { ...one, indexes } as unknown as Projection<object>;
    const rebuilding = rebuild([slow], { ...parts(), signal: stop.signal }, () => {});
    rebuilding.catch(() => {});
    await until(async () => {
      const { rows } = await worker.pool.query("select from pg_stat_activity where wait_event = 'PgSleep'");
      return rows.length > 0;
    });
    stop.abort(new Error('Enough.'));
    await expect(rebuilding).rejects.toThrow('Enough.');
    expect(await builds('tally')).toEqual({ live: '1 ready' });
  });

  it('that nobody goes on with is told as such, and dropped by the worker that starts next', async () => {
    const lock = await RebuildLock.take(servers.databaseUrl, ['tally']);
    await inTransaction(worker.pool, (client) => createBuild(client, two as Projection<object>, 'next', 'building'));
    expect(await dropAbandonedBuilds(worker.pool)).toEqual([]);
    await lock.release();
    // The server may take a moment to see that the connection is gone.
    await until(async () => (await holderOf(worker.pool, 'tally')) === undefined);
    expect(await dropAbandonedBuilds(worker.pool)).toEqual(['tally']);
    expect(await builds('tally')).toEqual({ live: '1 ready' });
  });

  it('that is killed in the middle leaves nothing that a second one stumbles over', async () => {
    for (let n = 0; n < 30; n += 1) await commands.acquire();
    // It stands still where it would read the keys of personal data, with its tables made and its history open.
    const blocker = await worker.pool.connect();
    await blocker.query('begin; lock table ops.person_keys in access exclusive mode');
    const killed = command('rebuild', 'customer_360');
    await until(async () => (await builds('customer_360')).next === `${VERSION} building`);
    const second = command('rebuild', 'customer_360');
    expect(await second.exit).toBe(1);
    expect(second.stderr).toContain(`being rebuilt already, by rapport rebuild`);
    killed.process.kill('SIGKILL');
    await killed.exit;
    await blocker.query('rollback');
    blocker.release();
    expect(await builds('customer_360')).toEqual({ live: `${VERSION} ready`, next: `${VERSION} building` });
    expect(await command('list').firstResult()).toMatchObject({
      views: expect.arrayContaining([
        expect.objectContaining({
          name: 'customer_360',
          builds: expect.arrayContaining([expect.objectContaining({ build: 'next', state: 'abandoned' })]),
        }),
      ]),
    });
    worker.start(...(['live', 'next', 'previous'] as const).map((build) => worker.build(build, [projections[0]!])));
    await worker.reached((await commands.store.head())!, 'customer_360');
    const again = command('rebuild', 'customer_360');
    expect([await again.exit, again.stderr]).toEqual([0, expect.any(String)]);
    const { views: rebuilt, comparisons } = await again.firstResult();
    expect(rebuilt).toMatchObject([{ projection: 'customer_360', parked: 0 }]);
    expect(comparisons).toMatchObject([{ same: true }]);
    const told = {
      list: command('list'),
      status: command('status', 'customer_360'),
      diff: command('diff', 'customer_360'),
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
      const done = command(step, 'customer_360');
      expect([await done.exit, done.stderr]).toEqual([0, '']);
    }
    expect(await builds('customer_360')).toEqual({ live: `${VERSION} ready`, previous: `${VERSION} ready` });
    const dropped = command('drop', 'customer_360', 'previous');
    expect([await dropped.exit, dropped.stderr]).toEqual([0, '']);
    const { rows } = await worker.pool.query("select relname from pg_class where relname like 'customer\\_%\\_next'");
    expect(rows).toEqual([]);
  });
});

describe('rows that are copied', () => {
  let client: PoolClient;

  beforeEach(async () => {
    client = await worker.pool.connect();
  });

  // Before the pool of the worker is closed, which waits for it.
  afterEach(() => client.release());

  it('are stored as the workers store them, whatever stands in them', async () => {
    const [copied, upserted] = ['views.mixed_next', 'views.mixed'];
    for (const table of [copied, upserted]) {
      await createTable(client, Mixed, table);
      await createIndexes(client, Mixed, table);
    }
    const live = new RowTable(Mixed);
    await holdsOnServers(
      fc.asyncProperty(fc.uniqueArray(mixedRow, { selector: ({ id }) => id, maxLength: 20 }), async (rows) => {
        await client.query(`truncate ${copied}, ${upserted}`);
        await live.upsert(client, rows);
        const copy = new RowCopy(client, Mixed, copied, (row, error) => {
          throw new Error(`${JSON.stringify(row)}: ${error.message}`);
        });
        await copy.write(rows);
        await copy.flush();
        const { rows: counted } = await client.query(
          `select count(*)::int as rows, count(*) filter (where to_jsonb(a) is distinct from to_jsonb(b))::int as differing
             from ${copied} as a full join ${upserted} as b using (id)`,
        );
        expect(counted).toEqual([{ rows: rows.length, differing: 0 }]);
      }),
    );
  });

  it('are refused one by one where PostgreSQL has no form of them', async () => {
    const refused: string[] = [];
    await createTable(worker.pool, Mixed, 'views.mixed_next');
    const copy = new RowCopy(client, Mixed, 'views.mixed_next', ({ id }) => refused.push(id));
    const row = { text: null, texts: [], json: {}, loose: null, at: null, day: null, count: 1, big: 1, yes: true };
    const texts = ['fine', 'half \ud800', 'nul \0', 'fine too'];
    await copy.write(texts.map((id) => ({ ...row, id })));
    await copy.write([{ ...row, id: 'nul in json', json: { a: '\0' } }]);
    await copy.write([{ ...row, id: 'no day', day: '2026-02-31' }]);
    await copy.flush();
    await worker.pool.query('create index on views.mixed_next (text)');
    await copy.write([{ ...row, id: 'too large for an index', text: randomBytes(8_000).toString('hex') }]);
    await copy.flush();
    expect(refused).toEqual(['half \ud800', 'nul \0', 'nul in json', 'no day', 'too large for an index']);
    expect(copy.rows).toBe(2);
  });
});

describe('a crowd of writers', () => {
  let other: SpecWorker;

  afterEach(() => other?.close());

  it('has every event counted once in every version, while views are rebuilt, promoted and rolled back', async () => {
    other = await SpecWorker.of(commands.store, servers.databaseUrl);
    for (const one of [worker, other]) {
      one.start(...(['live', 'next', 'previous'] as const).map((build) => one.build(build, versions)));
    }
    const ends = performance.now() + CROWD_MS;
    let isOver = false;
    const writer = async () => {
      const { id } = await commands.acquire();
      for (let n = 0; !isOver; n += 1) await commands.toCustomer(id, assess((n % 10) / 10));
    };
    const writers = Array.from({ length: WRITERS }, writer);
    let rounds = 0;
    try {
      do {
        await rebuild([versions[rounds % 2]!], parts(), () => {});
        await compare(versions, 'next', parts(), 1);
        await promote(worker.pool, watch, { name: 'tally' });
        await rollBack(worker.pool, watch, { name: 'tally' });
        await rollBack(worker.pool, watch, { name: 'tally' });
        rounds += 1;
      } while (performance.now() < ends);
    } finally {
      isOver = true;
      await Promise.all(writers);
    }
    const head = (await commands.store.head())!;
    const reached = async (processor: string) => {
      const { rows } = await worker.pool.query(
        'select bool_and(position >= $2) as "isSo" from views.checkpoints where processor = $1',
        [processor, head],
      );
      return rows[0].isSo === true;
    };
    await until(async () => (await reached('tally')) && (await reached('tally@previous')));
    const expected = await tallied();
    for (const table of ['views.tally', 'views.tally_previous']) {
      const { rows } = await worker.pool.query(`select customer_id as id, events, sum from ${table}`);
      expect(new Map(rows.map(({ id, events, sum }) => [id, { events, sum }]))).toEqual(expected);
    }
    expect(expected.size).toBeGreaterThanOrEqual(WRITERS);
  });
});

/** Every event of the store, without any of what a worker does. */
async function tallied(): Promise<Map<string, { events: number; sum: number }>> {
  const rows = new Map<string, { events: number; sum: number }>();
  for await (const { events } of commands.store.history()) {
    for (const { metadata, position } of events) {
      if (metadata.customerId === undefined) continue;
      const row = rows.get(metadata.customerId) ?? { events: 0, sum: 0 };
      rows.set(metadata.customerId, { events: row.events + 1, sum: row.sum + Number(position) });
    }
  }
  return rows;
}
