import { jest } from '@jest/globals';
import { RebuildSystem } from '#apps/cli/projections/testing/rebuild-system.js';
import { assess } from '#testing/command-process.js';
import { HAS_FULL_COUNTS } from '#testing/full-counts.js';
import { SpecWorker, until } from '#testing/spec-worker.js';
import { tally, tallyInWords } from '#testing/tally.js';
import { promote, rollBack } from '../builds/promote.js';
import { CheckpointWatch } from '../checkpoint-watch.js';
import type { Projection } from '../projection.js';
import { compare } from './compare.js';
import { rebuild } from './rebuild.js';

jest.setTimeout(120_000);

/** How long the writers of the crowd go on: a minute with the full counts. */
const CROWD_MS = HAS_FULL_COUNTS ? 60_000 : 6_000;
const WRITERS = 32;
const versions = [tallyInWords, tally] as Projection<object>[];

let system: RebuildSystem;

beforeAll(async () => {
  system = await RebuildSystem.start();
});

beforeEach(() => system.open());
afterEach(() => system.close());
afterAll(() => system?.stop());

describe('a crowd of writers', () => {
  let other: SpecWorker;
  let watch: CheckpointWatch;

  beforeEach(async () => {
    other = await SpecWorker.of(system.commands.store, system.servers.databaseUrl);
    watch = new CheckpointWatch(system.servers.databaseUrl);
    await watch.start();
  });
  // Before the views are dropped, at which it looks.
  afterEach(async () => {
    await watch.close();
    await other.close();
  });

  it('has every event counted once in every version, while views are rebuilt, promoted and rolled back', async () => {
    for (const one of [system.worker, other]) {
      one.start(...(['live', 'next', 'previous'] as const).map((build) => one.build(build, versions)));
    }
    const ends = performance.now() + CROWD_MS;
    let isOver = false;
    const writer = async () => {
      const { id } = await system.commands.acquire();
      for (let n = 0; !isOver; n += 1) await system.commands.toCustomer(id, assess((n % 10) / 10));
    };
    const writers = Array.from({ length: WRITERS }, writer);
    let rounds = 0;
    try {
      do {
        await rebuild([versions[rounds % 2]!], system.parts, () => {});
        await compare(versions, 'next', system.parts, 1);
        await promote(system.worker.pool, watch, { name: 'tally' });
        await rollBack(system.worker.pool, watch, { name: 'tally' });
        await rollBack(system.worker.pool, watch, { name: 'tally' });
        rounds += 1;
      } while (performance.now() < ends);
    } finally {
      isOver = true;
      await Promise.all(writers);
    }
    const head = (await system.commands.store.head())!;
    const reached = async (processor: string) => {
      const { rows } = await system.worker.pool.query(
        'select bool_and(position >= $2) as "isSo" from views.checkpoints where processor = $1',
        [processor, head],
      );
      return rows[0].isSo === true;
    };
    await until(async () => (await reached('tally')) && (await reached('tally@previous')));
    const expected = await tallied();
    for (const table of ['views.tally', 'views.tally_previous']) {
      const { rows } = await system.worker.pool.query(`select customer_id as id, events, sum from ${table}`);
      expect(new Map(rows.map(({ id, events, sum }) => [id, { events, sum }]))).toEqual(expected);
    }
    expect(expected.size).toBeGreaterThanOrEqual(WRITERS);
  });
});

/** Every event of the store, without any of what a worker does. */
async function tallied(): Promise<Map<string, { events: number; sum: number }>> {
  const rows = new Map<string, { events: number; sum: number }>();
  for await (const { events } of system.commands.store.history()) {
    for (const { metadata, position } of events) {
      if (metadata.customerId === undefined) continue;
      const row = rows.get(metadata.customerId) ?? { events: 0, sum: 0 };
      rows.set(metadata.customerId, { events: row.events + 1, sum: row.sum + Number(position) });
    }
  }
  return rows;
}
