import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { jest } from '@jest/globals';
import { Entity, PrimaryColumn } from 'typeorm';
import { RebuildSystem } from '#apps/cli/projections/testing/rebuild-system.js';
import { newId } from '#contracts/ids.js';
import type { CustomerCommand } from '#domain/customer/commands.js';
import { inTransaction } from '#platform/database/pool.js';
import { projections } from '#read-models/projections.js';
import { DIST } from '#testing/built.js';
import { ACQUIRE, assess, recordPurchase } from '#testing/command-process.js';
import { SpecWorker } from '#testing/spec-worker.js';
import { type Tally, type TallyInWords, tally, tallyInWords } from '#testing/tally.js';
import { dropBuild } from '../builds/create.js';
import { OtherHistory } from '../other-history.js';
import type { Projection } from '../projection.js';
import { compare } from './compare.js';
import { Feed } from './feed.js';
import { NotRebuilt } from './not-rebuilt.js';
import { FOLD_SIZE, rebuild } from './rebuild.js';

jest.setTimeout(120_000);

@Entity({ schema: 'views', name: 'tally_list' })
class TallyListed {
  @PrimaryColumn('uuid') customerId!: string;
}

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

let system: RebuildSystem;

beforeAll(async () => {
  system = await RebuildSystem.start();
});

beforeEach(() => system.open());
afterEach(() => system.close());
afterAll(() => system?.stop());

/** A customer with everything that is hard to copy: texts, lists, nothing. */
async function hostileCustomer(text: string): Promise<string> {
  const { id } = await system.commands.toCustomer(newId(), { ...ACQUIRE, name: text });
  const more: CustomerCommand[] = [
    { type: 'UpdateProfile', address: { city: text, lines: [text, text] }, language: 'vi' } as CustomerCommand,
    assess(0.5),
  ];
  for (const next of more) await system.commands.toCustomer(id, next);
  await system.commands.toPurchase(newId(), recordPurchase(id, 1_000));
  return id;
}

describe('a rebuild', () => {
  it('of all views at once makes the rows that the live ones have, whatever stands in them, in threads and with little memory too', async () => {
    for (const text of HOSTILE) await hostileCustomer(text);
    system.worker.start(...projections.map((projection) => system.worker.projection(projection)));
    await system.worker.reached((await system.commands.store.head())!);
    const startThread = () =>
      new Worker(join(DIST, 'apps/cli/projections/fold-thread.js'), { workerData: system.threadData });
    for (const size of [FOLD_SIZE, { alone: 10, partitions: 3, memory: 2_000, largest: 20_000 }]) {
      const rebuilt = await rebuild(projections, { ...system.parts, startThread }, () => {}, size);
      expect(rebuilt.views.map(({ parked }) => parked)).toEqual(projections.map(() => 0));
      expect(rebuilt.views.find(({ projection }) => projection === 'customer_360')!.rows).toBe(HOSTILE.length);
      for (const projection of projections) {
        const { same, tables, position } = await compare([projection], 'next', system.parts, 5);
        expect({ name: projection.name, tables: tables.filter(() => !same) }).toEqual({
          name: projection.name,
          tables: [],
        });
        expect(position).toBe(await system.commands.store.head());
        await inTransaction(system.worker.pool, (client) => dropBuild(client, projection.name, 'next'));
      }
    }
    const listed = await system.worker.pool.query(
      "select count(*)::int as rows from views.customer_list where phones = '{}'",
    );
    expect(listed.rows[0].rows).toBe(HOSTILE.length);
  });

  it('is compared row by row: what differs is told, and in a listing too', async () => {
    const id = await hostileCustomer('Hoa');
    const other = await hostileCustomer('Lan');
    system.worker.start(system.worker.projection(projections[0]!));
    await system.worker.reached((await system.commands.store.head())!);
    await rebuild([projections[0]!], system.parts, () => {});
    await system.worker.pool.query('update views.customer_360_next set purchases = 7 where customer_id = $1', [id]);
    await system.worker.pool.query('delete from views.customer_list_next where customer_id = $1', [other]);
    const { same, tables } = await compare([projections[0]!], 'next', system.parts, 5);
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
      ...tally,
      evolve: (row, event) => {
        const { customerId } = event.metadata;
        if (customerId === poisoned && event.type === 'ProfileUpdated') throw new Error('poisoned');
        // Of one that cannot be stored, another event breaks the fold.
        if (customerId === refused && event.type === 'ChurnRiskAssessed') throw new Error('poisoned');
        const next = tally.evolve(row, event)!;
        return customerId === refused ? { ...next, events: 2 ** 40 } : next;
      },
    };
    const { views } = await rebuild([broken as Projection<object>], system.parts, () => {});
    expect(views[0]!.parked).toBe(2);
    const rows = await system.worker.pool.query(
      'select customer_id as id, events from views.tally_next where customer_id = any($1)',
      [[fine, poisoned, refused]],
    );
    expect(new Map(rows.rows.map(({ id, events }) => [id, events]))).toEqual(
      new Map([
        [fine, 4],
        [poisoned, 1],
      ]),
    );
    const parked = await system.worker.pool.query(
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

  it('parks an event whose key cannot be told beside a row that cannot be stored, each by itself', async () => {
    const [unkeyed, refused] = [await hostileCustomer('d'), await hostileCustomer('e')];
    const broken: Projection<Tally> = {
      ...tally,
      key: (event) => {
        if (event.metadata.customerId === unkeyed && event.type === 'ProfileUpdated') throw new Error('no key');
        return tally.key(event);
      },
      evolve: (row, event) => {
        const next = tally.evolve(row, event)!;
        return event.metadata.customerId === refused ? { ...next, events: 2 ** 40 } : next;
      },
    };
    const { views } = await rebuild([broken as Projection<object>], system.parts, () => {});
    expect(views[0]!.parked).toBe(2);
    const { rows } = await system.worker.pool.query(
      "select key, count(*)::int as events from views.parked where processor = 'tally@next' group by key",
    );
    expect(new Map(rows.map(({ key, events }) => [key, events]))).toEqual(
      new Map([
        [`?${unkeyed}`, 3],
        [refused, 4],
      ]),
    );
  });

  it.each([
    ['another store', 'store_id = gen_random_uuid()', 'belongs to event store'],
    ['a store that was longer', 'position = 1e12', 'lies beyond the end of the event store'],
  ])('is refused where the live rows are of %s, and so is a comparison: nothing is made', async (_, was, why) => {
    await system.commands.acquire();
    system.worker.start(system.worker.projection(tally));
    await system.worker.reached((await system.commands.store.head())!);
    await rebuild([tally as Projection<object>], system.parts, () => {});
    await system.worker.close();
    system.worker = await SpecWorker.of(system.commands.store, system.servers.databaseUrl);
    await system.worker.pool.query(`update views.checkpoints set ${was} where processor = 'tally'`);
    await expect(compare([tallyInWords, tally] as Projection<object>[], 'next', system.parts, 1)).rejects.toThrow(why);
    await inTransaction(system.worker.pool, (client) => dropBuild(client, 'tally', 'next'));
    await expect(rebuild([tally as Projection<object>], system.parts, () => {})).rejects.toThrow(OtherHistory);
    expect(await system.builds('tally')).toEqual({ live: '1 ready' });
  });

  it('takes nothing up to a position that the store does not have', async () => {
    const feed = new Feed([tally as Projection<object>], 'live', system.parts);
    const stood = await feed.open();
    await expect(feed.take(stood, (await system.commands.store.end())! + 1n)).rejects.toThrow(OtherHistory);
    await expect(feed.open()).resolves.toBe(await system.commands.store.head());
  });

  it('says which index cannot hold what stands in a row, and leaves nothing', async () => {
    await system.commands.acquire();
    const filled: Projection<object> = {
      ...tallyInWords,
      evolve: (row, event) => ({
        ...tallyInWords.evolve(row as TallyInWords, event)!,
        words: randomBytes(8_000).toString('hex'),
      }),
      indexes: (table) => [`create index on ${table} (words)`],
    } as Projection<object>;
    const failed = rebuild([filled], system.parts, () => {});
    await expect(failed).rejects.toThrow(NotRebuilt);
    await expect(failed).rejects.toThrow(/index row requires .*\(`create index on views\.tally_next \(words\)`/);
    expect(await system.builds('tally')).toEqual({ live: '1 ready' });
  });

  it('with a listing that the live version does not have is told to differ', async () => {
    await system.commands.acquire();
    const listed = {
      ...tallyInWords,
      listing: { table: TallyListed, rowOf: ({ customerId }: TallyInWords) => ({ customerId }) },
    };
    const known = [listed, tally] as unknown as Projection<object>[];
    system.worker.start(system.worker.build('live', known));
    await system.worker.reached((await system.commands.store.head())!);
    const { views } = await rebuild([known[0]!], system.parts, () => {});
    const { same, tables } = await compare(known, 'next', system.parts, 1);
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
});
