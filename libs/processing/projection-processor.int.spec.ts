import { jest } from '@jest/globals';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { newId } from '#contracts/ids.js';
import { prepareDatabase } from '#platform/database/migrate.js';
import { CommandProcess, PersonKeysInMemory } from '#testing/command-process.js';
import { recorded } from '#testing/recorded.js';
import { type Servers, startServers } from '#testing/servers.js';
import { SpecWorker } from '#testing/spec-worker.js';
import { recordBuild } from './builds/create.js';
import { prepareViews } from './builds/prepare-views.js';
import { parkedKeys } from './parking/parked.js';
import { Fenced, Idle, ProcessorStopped } from './processor.js';
import type { Projection } from './projection.js';

jest.setTimeout(60_000);

@Entity({ schema: 'views', name: 'counted' })
class Counted {
  @PrimaryColumn('text') id!: string;
  @Column('bigint') events!: number;
  @Column('bigint') position!: number;
}

/** Counts events by stream; a stream that is called `refused` breaks the table's rule, `poisoned` the fold. */
function counting(name: string): Projection<Counted> {
  return {
    name,
    version: 1,
    table: Counted,
    key: ({ streamId }) => streamId,
    evolve: (row, { streamId, position }) => {
      if (streamId === 'poisoned') throw new Error('A poisoned event.');
      const events = streamId === 'refused' ? -1 : (row?.events ?? 0) + 1;
      return { id: streamId, events, position: Number(position) };
    },
  };
}

let servers: Servers;
let commands: CommandProcess;
let first: SpecWorker;
let second: SpecWorker;
let end: bigint;

beforeAll(async () => {
  servers = await startServers({ only: ['event-store', 'postgres'] });
  await prepareDatabase(servers.databaseUrl);
  await prepareViews(servers.databaseUrl, [counting('counting') as Projection<object>]);
  const names = 'together both-refused both-poisoned appended appendfenced leased fenced moved elsewhere beyond';
  commands = new CommandProcess(servers.eventStoreUrl, new PersonKeysInMemory());
  first = await SpecWorker.of(commands.store, servers.databaseUrl);
  second = await SpecWorker.of(commands.store, servers.databaseUrl);
  for (const name of names.split(' ')) {
    await recordBuild(first.pool, counting(name) as Projection<object>, 'live', 'ready');
  }
  await first.pool.query('alter table views.counted add check (events > 0)');
  await commands.acquire();
  end = (await commands.store.end())!;
});

afterAll(async () => {
  await first?.close();
  await second?.close();
  await commands?.close();
  await servers?.stop();
});

async function stored(name: string) {
  const rows = await first.pool.query('select id, events from views.counted where id like $1 order by id', [
    `${name}%`,
  ]);
  const at = await first.pool.query('select position from views.checkpoints where processor = $1', [name]);
  return { rows: rows.rows, position: at.rows[0]?.position };
}

function on(streamId: string, position: bigint) {
  return recorded({ streamId, position });
}

describe('rows and checkpoint', () => {
  it('commit together', async () => {
    const processor = first.projection(counting('together'));
    await processor.open();
    await processor.process([on('together-a', 1n), on('together-b', 2n), on('together-a', 3n)], 4n);
    const rows = [
      { id: 'together-a', events: 2 },
      { id: 'together-b', events: 1 },
    ];
    expect(await stored('together')).toEqual({ rows, position: 4 });
  });

  it.each(['refused', 'poisoned'])(
    'commit without the row of an event that is %s, which is parked',
    async (streamId) => {
      const name = `both-${streamId}`;
      const processor = first.projection(counting(name));
      await processor.open();
      await processor.process([on(`${name}-a`, 1n)], 1n);
      await processor.process([on(`${name}-a`, 2n), on(streamId, 3n)], 3n);
      expect(await stored(name)).toEqual({ rows: [{ id: `${name}-a`, events: 2 }], position: 3 });
      expect(await parkedKeys(first.pool, name)).toEqual(new Set([streamId]));
      expect(await processor.open()).toBe(3n);
    },
  );
});

describe('rows that are only appended', () => {
  const appending = (name: string): Projection<Counted> => ({ ...counting(name), appendOnly: true });

  it('commit with the checkpoint, without what is refused', async () => {
    const processor = first.projection(appending('appended'));
    await processor.open();
    await processor.process([on('appended-a', 1n), on('appended-b', 2n)], 2n);
    const rows = [
      { id: 'appended-a', events: 1 },
      { id: 'appended-b', events: 1 },
    ];
    expect(await stored('appended')).toEqual({ rows, position: 2 });
    await processor.process([on('appended-c', 3n), on('refused', 4n)], 4n);
    expect(await stored('appended')).toMatchObject({ rows: [...rows, { id: 'appended-c' }], position: 4 });
    expect(await parkedKeys(first.pool, 'appended')).toEqual(new Set(['refused']));
    expect(await processor.open()).toBe(4n);
  });

  it('are not stored by a worker that was fenced off', async () => {
    const processor = first.projection(appending('appendfenced'));
    await processor.open();
    const raised = "update views.checkpoints set epoch = epoch + 1 where processor = 'appendfenced'";
    await first.pool.query(raised);
    await expect(processor.process([on('appendfenced-a', 1n)], 1n)).rejects.toThrow(Fenced);
    expect((await stored('appendfenced')).rows).toEqual([]);
  });
});

describe('a lease', () => {
  it('is held by one worker, and free when that gave it back', async () => {
    const [mine, other] = [first, second].map((worker) => worker.projection(counting('leased')));
    await mine!.open();
    await expect(other!.open()).rejects.toThrow(Idle);
    await mine!.close();
    await expect(other!.open()).resolves.toBeUndefined();
    await other!.close();
  });

  it('that was lost fences its holder, who does not know it and stores nothing', async () => {
    const [mine, other] = [first, second].map((worker) => worker.projection(counting('fenced')));
    await mine!.open();
    await mine!.process([on('fenced-a', 1n)], 1n);
    await first.leases.close();
    await other!.open();
    await expect(mine!.process([on('fenced-a', 2n)], 2n)).rejects.toThrow(Fenced);
    expect(await stored('fenced')).toEqual({ rows: [{ id: 'fenced-a', events: 1 }], position: 1 });
    await other!.process([on('fenced-a', 2n)], 2n);
    expect(await stored('fenced')).toEqual({ rows: [{ id: 'fenced-a', events: 2 }], position: 2 });
    await expect(mine!.open()).rejects.toThrow(Idle);
  });
});

describe('a checkpoint', () => {
  it('that stands elsewhere than where its holder left it fences the holder, whose epoch it still is', async () => {
    const processor = first.projection(counting('moved'));
    await processor.open();
    await processor.process([on('moved-a', 1n)], 1n);
    for (const position of [2, 0]) {
      await first.pool.query("update views.checkpoints set position = $1 where processor = 'moved'", [position]);
      await expect(processor.process([on('moved-a', 3n)], 3n)).rejects.toThrow(Fenced);
      expect(await stored('moved')).toEqual({ rows: [{ id: 'moved-a', events: 1 }], position });
    }
  });

  it('of another store stops the processor, which says so', async () => {
    const elsewhere = newId();
    await first.projection(counting('elsewhere'), elsewhere).open();
    const opening = first.projection(counting('elsewhere')).open();
    await expect(opening).rejects.toThrow(ProcessorStopped);
    await expect(first.projection(counting('elsewhere')).open()).rejects.toThrow(elsewhere);
  });

  it('beyond the end of the store stops the processor, which says so', async () => {
    const processor = first.projection(counting('beyond'));
    await processor.open();
    await processor.process([], end + 1_000_000n);
    await expect(processor.open()).rejects.toThrow(ProcessorStopped);
    await expect(processor.open()).rejects.toThrow('beyond the end of the event store');
  });
});
