import { jest } from '@jest/globals';
import { pino } from 'pino';
import type { Recorded } from '#contracts/envelope.js';
import { newId } from '#contracts/ids.js';
import { assess, CommandProcess, PersonKeysInMemory } from '#testing/command-process.js';
import { type Servers, startServers } from '#testing/servers.js';
import { until } from '#testing/spec-worker.js';
import { Engine } from './engine.js';
import { Fenced, type Position, Processor } from './processor.js';

const LIMIT_MS = 60_000;
const silent = pino({ level: 'silent' });
jest.setTimeout(LIMIT_MS);

/** Keeps the positions that it was given; waits or fails where a spec wants it to, before it takes anything. */
class Taking implements Processor {
  readonly kind = 'projection';
  readonly taken: bigint[] = [];
  onOpen: () => Promise<void> | void = () => {};
  onProcess: () => Promise<void> | void = () => {};

  constructor(
    readonly name: string,
    public stored: Position = undefined,
  ) {}

  async open(): Promise<Position> {
    await this.onOpen();
    return this.stored;
  }

  async process(events: Recorded[], through: bigint): Promise<void> {
    await this.onProcess();
    this.taken.push(...events.map(({ position }) => position));
    this.stored = through;
  }

  async close(): Promise<void> {}

  reached(position: bigint): Promise<void> {
    return until(() => this.stored !== undefined && this.stored >= position, LIMIT_MS);
  }
}

let servers: Servers;
let commands: CommandProcess;
let engine: Engine;

beforeAll(async () => {
  servers = await startServers({ only: ['event-store'] });
  commands = new CommandProcess(servers.eventStoreUrl, new PersonKeysInMemory());
  await commands.acquire();
});

afterEach(() => engine.close());

afterAll(async () => {
  await commands?.close();
  await servers?.stop();
});

function start(...processors: Processor[]): Engine {
  engine = new Engine(commands.store, processors, silent);
  engine.start();
  return engine;
}

async function end(): Promise<bigint> {
  return (await commands.store.head())!;
}

/** Events of one customer, in few appends. */
async function append(count: number): Promise<bigint> {
  const { streamId, position } = await commands.acquire();
  const [event] = await commands.store.load(streamId);
  const { type: _, ...data } = assess(0.5);
  let last = position!;
  for (let revision = 0; revision < count; ) {
    const events = Array.from({ length: Math.min(1_000, count) }, () => {
      return { eventId: newId(), event: { type: 'ChurnRiskAssessed', data }, metadata: event!.metadata };
    });
    ({ revision, position: last } = await commands.store.append(streamId, revision, events));
  }
  return last;
}

/** More than a slow processor may have waiting for it. Made once. */
function longHistory(): Promise<bigint> {
  filled ??= append(16_000);
  return filled;
}
let filled: Promise<bigint> | undefined;

/** Where the store's events stand, read without the engine. */
async function positionsAfter(after: Position): Promise<bigint[]> {
  const positions: bigint[] = [];
  for await (const { event } of commands.store.client.readAll()) {
    if (!event || event.type.startsWith('$')) continue;
    if (after === undefined || event.position.commit > after) positions.push(event.position.commit);
  }
  return positions;
}

function gate(): { opened: Promise<void>; open: () => void } {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

describe('the engine', () => {
  it('gives each processor each event once and in order, whenever it opens and wherever it stands', async () => {
    const middle = await append(100);
    const first = new Taking('from the beginning');
    const resumed = new Taking('from the middle', middle);
    const late = new Taking('late');
    const later = new Taking('late, and from the middle', middle);
    const failing = new Taking('failing again and again');
    const [second, third] = [gate(), gate()];
    late.onOpen = () => second.opened;
    later.onOpen = () => third.opened;
    let batches = 0;
    failing.onProcess = () => {
      batches += 1;
      if (batches % 2 === 1 && batches < 8) throw new Error('Not this time.');
    };
    const all = [first, resumed, late, later, failing];
    start(...all);
    await first.reached(await append(50));
    second.open();
    const appended = Promise.all(Array.from({ length: 30 }, () => commands.acquire()));
    await late.reached(middle);
    third.open();
    await appended;
    const last = await append(10);
    for (const processor of all) await processor.reached(last);
    const positions = await positionsAfter(undefined);
    for (const { taken } of [first, late, failing]) expect(taken).toEqual(positions);
    for (const { taken } of [resumed, later]) expect(taken).toEqual(await positionsAfter(middle));
  });

  it('lets a failing processor hold nobody up, and catches up with it afterwards', async () => {
    const from = await end();
    const [failing, sound] = [new Taking('failing', from), new Taking('sound', from)];
    let isBroken = true;
    failing.onProcess = () => {
      if (isBroken) throw new Error('A poisoned event.');
    };
    start(failing, sound);
    await sound.reached(await append(10));
    await until(() => engine.runners[0]!.state.kind === 'retrying');
    const last = await append(10);
    await sound.reached(last);
    expect(failing.stored).toBe(from);
    isBroken = false;
    await failing.reached(last);
    expect(failing.taken).toEqual(sound.taken);
  });

  it('waited longer and longer for a processor that was fenced off again and again, though nothing was wrong with it', async () => {
    const moved = new Taking('moved', await end());
    let times = 0;
    moved.onProcess = () => {
      times += 1;
      if (times <= 8) throw new Fenced('moved');
    };
    start(moved);
    const began = performance.now();
    const last = await append(1);
    await moved.reached(last);
    // A tenth of a second each time; doubled each time it was sixteen seconds.
    expect(performance.now() - began).toBeLessThan(8_000);
  });

  it('read everything again each time a processor failed that stood far behind', async () => {
    const last = await longHistory();
    const decode = jest.spyOn(commands.store, 'decode');
    const failing = new Taking('failing');
    let failures = 0;
    failing.onProcess = () => {
      failures += 1;
      throw new Error('A poisoned event at the very beginning.');
    };
    const sound = new Taking('sound', last);
    start(failing, sound);
    await until(() => failures === 4, LIMIT_MS);
    await sound.reached(await append(10));
    const decoded = decode.mock.calls.reduce((sum, [records]) => sum + records.length, 0);
    decode.mockRestore();
    expect(decoded).toBeLessThan(4 * 6_000);
  });

  it('stops reading when a processor is slow, so that its queue stays bounded', async () => {
    await longHistory();
    const { opened, open } = gate();
    const slow = new Taking('slow');
    slow.onProcess = () => opened;
    start(slow);
    const [runner] = engine.runners;
    const decode = jest.spyOn(commands.store, 'decode');
    await until(() => runner!.isFull, LIMIT_MS);
    // What is read after that is read for nobody: a read of its own shows that the server had the time.
    const positions = await positionsAfter(undefined);
    const decoded = decode.mock.calls.reduce((sum, [records]) => sum + records.length, 0);
    decode.mockRestore();
    expect(decoded).toBeLessThan(14_000);
    expect(positions.length).toBeGreaterThan(16_000);
    open();
    await slow.reached(await end());
    expect(slow.taken).toEqual(positions);
  });

  it('said that its processors were running while nothing could be decoded', async () => {
    const unreadable = { value: () => Promise.reject(new Error('unreadable')) };
    engine = new Engine(Object.create(commands.store, { decode: unreadable }), [new Taking('taking')], silent);
    engine.start();
    const [runner] = engine.runners;
    await until(() => runner!.state.kind === 'retrying', LIMIT_MS);
    expect(runner!.state).toEqual({ kind: 'retrying', error: 'unreadable' });
  });

  it('goes on by itself when the event store dies under it, in the middle of a long read too', async () => {
    const slow = new Taking('from the beginning');
    const idle = new Taking('at the end', await end());
    start(slow, idle);
    await until(() => slow.taken.length > 2_000, LIMIT_MS);
    if (servers.kill('event-store')) expect(slow.taken.length).toBeLessThan((await readable()).length);
    const { position } = await acquireWhenItIsBack();
    for (const processor of [slow, idle]) await processor.reached(position!);
    servers.kill('event-store');
    const { position: last } = await acquireWhenItIsBack();
    for (const processor of [slow, idle]) await processor.reached(last!);
    expect(slow.taken).toEqual(await positionsAfter(undefined));
    expect(idle.taken).toEqual(slow.taken.slice(-idle.taken.length));
  });
});

async function acquireWhenItIsBack() {
  let outcome: Awaited<ReturnType<CommandProcess['acquire']>> | undefined;
  await until(async () => {
    outcome = await commands.acquire().catch(() => undefined);
    return outcome !== undefined;
  }, LIMIT_MS);
  return outcome!;
}

async function readable(): Promise<bigint[]> {
  let positions: bigint[] | undefined;
  await until(async () => {
    positions = await positionsAfter(undefined).catch(() => undefined);
    return positions !== undefined;
  }, LIMIT_MS);
  return positions!;
}
