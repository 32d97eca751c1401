import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { aCustomer, aPurchase } from '#apps/api/testing/requests.js';
import { RunningSystem } from '#apps/api/testing/running-system.js';
import { CUSTOMER_EVENTS_TOPIC } from '#contracts/topics.js';
import { tableOf } from '#platform/database/entity.js';
import { type Build, findBuilds, processorOf, tableOfBuild } from '#processing/builds/build.js';
import { processorPositions } from '#processing/checkpoint-status.js';
import type { Projection } from '#processing/projection.js';
import { SEGMENTS } from '#processing/segments.js';
import { customer360 } from '#read-models/customer-360/customer-360.projection.js';
import { projections } from '#read-models/projections.js';
import { eventsOfStore, foldedTables, storedTables } from '#testing/folding.js';
import { until } from '#testing/spec-worker.js';
import { business, expectFolded, killWorkerAt, toDie } from './testing/dying.js';

jest.setTimeout(180_000);

let system: RunningSystem;

beforeAll(async () => {
  // Warnings name the server that was away, where a command is told that one was.
  system = await RunningSystem.start({ RAPPORT_BUSINESS_DATE: '2026-03-31', RAPPORT_LOG_LEVEL: 'warn' });
});

afterAll(async () => {
  await system?.stop();
});

const WRITE = 'insert into views\\.customer_360';
const ADVANCE = 'update views\\.checkpoints as c set position';

describe.each([
  ['before it writes the rows of a batch', `before 2 ${WRITE}`],
  ['between the checkpoint and the rows of a batch', `after 5 ${ADVANCE}`],
  ['when rows and checkpoint are written and not committed', `after 1 ${WRITE}`],
  ['when a batch is committed and it does not know it yet', 'after 6 ^commit$'],
  ['while it inserts into a view that is only added to', 'after 1 insert into views\\.history'],
  ['when a policy has sent its commands and not stored how far it is', 'before 4 update ops\\.checkpoints'],
  ['when it has taken leases and has yet to fence off whom it takes over from', 'after 3 pg_try_advisory_lock'],
  ['in the middle of a take-over, when some epochs have risen', 'after 3 update views\\.checkpoints as c set epoch'],
])('a worker that is killed %s', (_, diesAt) => {
  it('leaves nothing lost and nothing twice for the next one', async () => {
    const customer = await killWorkerAt(system, diesAt);
    await system.replaceWorker();
    await expectFolded(system, customer);
  });
});

/** The builds of a view, each by its state and by the identities of its tables. */
type Standing = Record<string, { state: string; made: number[] }>;

describe('while others write and read, a view', () => {
  const VIEW = customer360 as Projection<object>;
  const TABLES = [VIEW.table, VIEW.listing!.table].map((entity) => tableOf(entity).name);
  const EVERY_MS = 100;
  const SERVER_AWAY = 'urn:rapport:problem:server-away';
  let isOver = false;
  let writing: Promise<void>;

  beforeAll(() => {
    writing = writeAndRead();
    // It is waited for in the end.
    writing.catch(() => {});
  });

  afterAll(() => {
    isOver = true;
  });

  /** Sent again under its key where a server was away, as every client has to: it is counted once all the same. */
  async function buy(customer: string): Promise<string> {
    const key = { 'idempotency-key': randomUUID() };
    for (;;) {
      const { status, body, text } = await system.http.post(`/customers/${customer}/purchases`, aPurchase(100), key);
      if (status === 201) return body.position;
      const told = `A purchase was answered ${text} API: ${system.api.stderr}`;
      if (body.type !== SERVER_AWAY) throw new Error(told);
      // None of the commands takes a server away: where one stalls, it is seen here which.
      process.stderr.write(`${told}\n`);
      await delay(EVERY_MS);
    }
  }

  /** A customer who buys again and again, and is answered every time what it bought. */
  async function writeAndRead(): Promise<void> {
    const { body } = await system.http.post('/customers', aCustomer());
    for (let purchases = 1; !isOver; purchases += 1) {
      const position = await buy(body.id);
      const read = await system.http.get(`/customers/${body.id}/360?position=${position}`);
      expect(read).toMatchObject({ status: 200, body: { purchases } });
      // Others want the machine too.
      await delay(EVERY_MS);
    }
  }

  /** What there is of the view, and that it is of a build: every table and every checkpoint. */
  async function standing(): Promise<Standing> {
    const builds = await findBuilds(system.pool, VIEW.name);
    const { rows: tables } = await system.pool.query<{ name: string; oid: number }>(
      `select relname as name, oid from pg_class
        where relnamespace = 'views'::regnamespace and relkind = 'r' and relname ~ '^(${TABLES.join('|')})' order by 1`,
    );
    const namesOf = (build: Build) => TABLES.map((table) => tableOfBuild(table, build));
    expect(tables.map(({ name }) => name)).toEqual(builds.flatMap(({ build }) => namesOf(build)).sort());
    const { rows: checkpoints } = await system.pool.query(
      `select processor, count(*)::int as segments from views.checkpoints
        where processor ~ '^${VIEW.name}' group by 1 order by 1`,
    );
    expect(checkpoints).toEqual(
      builds.map(({ build }) => ({ processor: processorOf(VIEW.name, build), segments: SEGMENTS })),
    );
    return Object.fromEntries(
      builds.map(({ build, state }) => {
        return [
          build,
          { state, made: tables.filter(({ name }) => namesOf(build).includes(name)).map(({ oid }) => oid) },
        ];
      }),
    );
  }

  const building = ({ live }: Standing) => ({ live, next: { state: 'building', made: expect.any(Array) } });
  const built = (before: Standing) => ({ ...before, next: { state: 'ready', made: expect.any(Array) } });
  const asBefore = (before: Standing) => before;
  const dropped = ({ live }: Standing) => ({ live });
  const promoted = ({ live, next }: Standing) => ({ live: next, previous: live });
  const rolledBack = ({ live, previous }: Standing) => ({ live: previous, previous: live });

  // One life of a view: each command finds what the one before it left.
  it.each([
    ['rebuild', 'killed when it has yet to fill the tables', 'before 1 ^copy', building],
    ['rebuild', 'killed when it has yet to make an index', 'before 1 ^create index', building],
    [
      'rebuild',
      'killed when it has yet to say how far it is',
      'before 1 ^update views.checkpoints set position',
      building,
    ],
    ['rebuild', 'killed when it has yet to say that all is made', 'before 1 ^update views.builds set state', building],
    ['rebuild', 'killed while it compares', 'after 1 ^begin isolation level repeatable read', built],
    ['drop', 'killed when the tables are gone', 'after 2 ^drop table', asBefore],
    ['drop', 'killed when it has committed and does not know it', 'after 2 ^commit$', dropped],
    ['rebuild', 'not killed', undefined, built],
    ['promote', 'killed when the live build stands still', 'after 1 ^select position .* for update$', asBefore],
    ['promote', 'killed when nobody else reaches the tables', 'after 1 ^lock table', asBefore],
    ['promote', 'killed between the two renames', 'before 2 ^update views.builds set build', asBefore],
    ['promote', 'killed when it has yet to commit', 'before 2 ^commit$', asBefore],
    ['promote', 'killed when it has committed and does not know it', 'after 2 ^commit$', promoted],
    ['rollback', 'killed when the live build stands aside', 'before 2 ^update views.builds set build', asBefore],
    ['rollback', 'killed when it has committed and does not know it', 'after 2 ^commit$', rolledBack],
    ['rebuild', 'not killed, beside a previous build', undefined, built],
    ['promote', 'killed when it has dropped the previous build', 'after 2 ^drop table', asBefore],
    ['promote', 'not killed', undefined, promoted],
  ])('is wholly what it was or wholly what it should be after a `%s` that is %s', async (step, _, diesAt, expected) => {
    const before = await standing();
    const args = ['projections', step, VIEW.name, ...(step === 'drop' ? ['next'] : [])];
    const command = system.startCommand(args, diesAt === undefined ? {} : toDie(diesAt));
    const exit = await command.exit;
    expect({ exit, stderr: command.stderr }).toMatchObject({ exit: diesAt === undefined ? 0 : 'SIGKILL' });
    expect(await standing()).toEqual(expected(before));
  });

  it('has in each of its builds, after all this, what the events come to', async () => {
    isOver = true;
    await writing;
    expect(system.http.failures.filter((answer) => !answer.includes(SERVER_AWAY))).toEqual([]);
    await expectFolded(system, await business(system));
    const head = await system.store.head();
    const previous = processorOf(VIEW.name, 'previous');
    await until(async () => {
      const positions = await processorPositions(system.pool);
      return positions.find(({ name }) => name === previous)?.position === head;
    });
    const rows = await storedTables(system.pool, VIEW, 'previous');
    expect(rows).toEqual(foldedTables(VIEW, await eventsOfStore(system.store)));
    // The list too, which is derived from the rows.
    const diff = system.startCommand(['projections', 'diff', VIEW.name, '--with', 'previous']);
    expect({ exit: await diff.exit, stderr: diff.stderr }).toMatchObject({ exit: 0 });
  });
});

/** Where the topic of customer events ends, by partition. */
async function endsOfTopic(): Promise<string[]> {
  const admin = new Kafka({ brokers: system.servers.kafkaBrokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const offsets = await admin.fetchTopicOffsets(CUSTOMER_EVENTS_TOPIC);
    return offsets.map(({ partition, high }) => `${partition}: ${high}`).sort();
  } finally {
    await admin.disconnect();
  }
}

it('the schema of the views may be dropped under a worker that has nothing to do: the same rows come again by themselves', async () => {
  const customer = await business(system);
  await expectFolded(system, customer);
  const head = await system.store.head();
  await system.pool.query('drop schema views cascade');
  await expectFolded(system, customer);
  await until(async () => (await system.http.get('/health/ready')).status === 200);
  expect(await system.store.head()).toBe(head);
});

it('the schema of the views may be dropped: the same rows come again, and nothing is appended or published for it', async () => {
  const customer = await business(system);
  await expectFolded(system, customer);
  const before = await Promise.all(projections.map((projection) => storedTables(system.pool, projection)));
  const [end, ends] = [await system.store.end(), await endsOfTopic()];
  await system.restartWorker(() => system.pool.query('drop schema views cascade'));
  await expectFolded(system, customer);
  expect(await Promise.all(projections.map((projection) => storedTables(system.pool, projection)))).toEqual(before);
  expect(await system.store.end()).toBe(end);
  expect(await endsOfTopic()).toEqual(ends);
});
