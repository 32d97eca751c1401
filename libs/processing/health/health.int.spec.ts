import { pino } from 'pino';
import { newId } from '#contracts/ids.js';
import { connect, type EventStore } from '#event-store/event-store.js';
import { PersonalDataCipher } from '#event-store/personal-data-cipher.js';
import { prepareDatabase } from '#platform/database/migrate.js';
import { customer360 } from '#read-models/customer-360/customer-360.projection.js';
import { rulesVersions } from '#read-models/rules/rules.projection.js';
import { assess, CommandProcess, PersonKeysInMemory } from '#testing/command-process.js';
import { Gate } from '#testing/gate.js';
import { type Servers, startServers } from '#testing/servers.js';
import { SpecWorker, until } from '#testing/spec-worker.js';
import { prepareViews } from '../builds/prepare-views.js';
import { Engine } from '../engine.js';
import { RebuildLock } from '../rebuild/rebuild-lock.js';
import { ProcessorActivities } from './processor-activity.js';
import { ProcessorTracker } from './processor-tracker.js';
import { ProcessorsReport } from './processors-report.js';
import { viewFacts } from './view-facts.js';

const STUCK_AFTER_MS = 700;

let servers: Servers;
let gates: Record<'store' | 'database', Gate>;
let commands: CommandProcess;
let store: EventStore;
let worker: SpecWorker;
let engine: Engine;
let tracker: ProcessorTracker;
let report: ProcessorsReport;

beforeAll(async () => {
  servers = await startServers({ only: ['event-store', 'postgres'] });
  const portOf = (url: string) => Number(/:(\d+)(?:[/?]|$)/.exec(url.slice(8))![1]);
  gates = {
    store: await Gate.before(portOf(servers.eventStoreUrl)),
    database: await Gate.before(Number(new URL(servers.databaseUrl).port)),
  };
  await prepareDatabase(servers.databaseUrl);
  await prepareViews(servers.databaseUrl, [customer360, rulesVersions] as never);
  const keys = new PersonKeysInMemory();
  commands = new CommandProcess(servers.eventStoreUrl, keys);
  await commands.publishRules();
  store = connect(gates.store.through(servers.eventStoreUrl), new PersonalDataCipher(keys));
  worker = await SpecWorker.of(store, gates.database.through(servers.databaseUrl));
  const activities = new ProcessorActivities();
  const processors = [worker.projection(customer360), worker.projection(rulesVersions)];
  engine = new Engine(store, processors as never, pino({ level: 'silent' }), activities);
  const facts = () => viewFacts(worker.pool);
  tracker = new ProcessorTracker({
    store,
    processors: engine.runners,
    activities,
    facts,
    stuckAfterMs: STUCK_AFTER_MS,
  });
  report = new ProcessorsReport(store, worker.pool, ['customer_360', 'rules'], STUCK_AFTER_MS);
  engine.start();
  tracker.start();
});

afterAll(async () => {
  tracker?.stop();
  for (const gate of Object.values(gates ?? {})) gate.open();
  await engine?.close();
  await worker?.close();
  await store?.close();
  await commands?.close();
  for (const gate of Object.values(gates ?? {})) await gate.close();
  await servers?.stop();
});

const healthOf = async (name: string) => (await tracker.health()).processors.find((each) => each.name === name)!;
const becomes = (state: string) => until(async () => (await healthOf('customer_360')).state === state);

async function caughtUp(): Promise<void> {
  const head = await commands.store.head();
  await until(async () => {
    const { state, position, lagSeconds } = await healthOf('customer_360');
    return state === 'running' && position! >= head! && lagSeconds === 0;
  });
}

describe('the health of the processors of a worker', () => {
  it('is told by segment', async () => {
    await commands.acquire();
    await caughtUp();
    const { segments } = await healthOf('customer_360');
    expect(segments.map(({ segment }) => segment)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect((await healthOf('rules')).segments).toHaveLength(1);
  });

  it.each(['store', 'database'] as const)(
    'is retrying, then stuck while the %s is away, and running when it is back',
    async (away) => {
      const { id } = await commands.acquire();
      await caughtUp();
      gates[away].shut();
      const { position } = await commands.toCustomer(id, assess(0.5));
      await becomes('retrying');
      await becomes('stuck');
      const stuck = await healthOf('customer_360');
      expect(stuck.position! < position!).toBe(true);
      expect(stuck.segments).toHaveLength(12);
      // How old what waits is can be told as long as the store is there.
      if (away === 'database') {
        expect(stuck.lagPositions).toBeGreaterThan(0);
        const [event] = (await commands.store.load(`customer-${id}`)).slice(-1);
        const age = (Date.now() - Date.parse(event!.recordedAt)) / 1_000;
        expect(Math.abs(stuck.lagSeconds! - age)).toBeLessThan(0.5);
      }
      gates[away].open();
      await caughtUp();
    },
  );

  it('counts the keys that are parked, and tells of builds that are being made and of those that nobody makes any more, to the worker and to others', async () => {
    await caughtUp();
    const park = (key: string, position: number) =>
      worker.pool.query(
        "insert into views.parked (processor, key, position, event_id, error) values ('customer_360', $1, $2, $3, 'bad')",
        [key, position, newId()],
      );
    await park('a', 1);
    await park('a', 2);
    await park('b', 1);
    await worker.pool.query(
      "insert into views.builds (projection, build, version, state, tables) values ('rules', 'next', 2, 'building', '{}')",
    );
    const next = async (each: ProcessorTracker | ProcessorsReport) =>
      (await each.health()).processors.find(({ name }) => name === 'rules@next')?.state;
    await until(async () => (await next(tracker)) === 'abandoned');
    expect(await next(report)).toBe('abandoned');
    const lock = await RebuildLock.take(servers.databaseUrl, ['rules']);
    await until(async () => (await next(tracker)) === 'rebuilding');
    for (const each of [tracker, report]) {
      const { head, processors } = await each.health();
      expect(head).toBe(await commands.store.head());
      expect(processors).toMatchObject([
        { name: 'customer_360', parked: 2, position: expect.anything() },
        { name: 'rules', parked: 0 },
        { name: 'rules@next', state: 'rebuilding' },
      ]);
    }
    await lock.release();
  });
});
