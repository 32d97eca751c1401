import { pino } from 'pino';
import type { Recorded } from '#contracts/envelope.js';
import { recorded } from '#testing/recorded.js';
import { LeaseHeld, type Position, type Processor, ProcessorStopped } from './processor.js';
import { Runner } from './runner.js';

const logger = pino({ level: 'silent' });

/** Keeps what it was given, and fails when it is told to. */
class FakeProcessor implements Processor {
  readonly name = 'fake';
  readonly kind = 'projection';
  stored: Position;
  batches: Recorded[][] = [];
  closed = 0;
  opened = 0;
  onOpen: () => void = () => {};
  onProcess: () => Promise<void> | void = () => {};

  async open(): Promise<Position> {
    this.opened += 1;
    this.onOpen();
    return this.stored;
  }

  async process(events: Recorded[], through: bigint): Promise<void> {
    await this.onProcess();
    this.batches.push(events);
    this.stored = through;
  }

  async close(): Promise<void> {
    this.closed += 1;
  }

  get taken(): bigint[] {
    return this.batches.flat().map(({ position }) => position);
  }
}

let processor: FakeProcessor;
let runner: Runner;
let told: string[];
let log: Recorded[];

beforeEach(() => {
  processor = new FakeProcessor();
  told = [];
  log = [];
  runner = new Runner(processor, logger, {
    drained: () => told.push('drained'),
    // What the engine does: a processor that opened gets everything from where it stands.
    opened: () => {
      told.push('opened');
      if (log.length > 0) runner.deliver(log, log.at(-1)!.position);
    },
    left: () => told.push('left'),
  });
});

afterEach(() => runner.close());

function append(count: number): Recorded[] {
  const events = Array.from({ length: count }, () => recorded({ position: BigInt(++last) }));
  log = [...log, ...events];
  return events;
}
let last = 0;
beforeEach(() => {
  last = 0;
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(setImmediate);
}

function positions(from: number, to: number): bigint[] {
  return Array.from({ length: to - from + 1 }, (_, n) => BigInt(from + n));
}

describe('a runner', () => {
  it('hands over everything in order, once, however deliveries overlap', async () => {
    runner.start();
    await until(() => runner.isRunning);
    const events = append(10);
    runner.deliver(events.slice(0, 6), 6n);
    runner.deliver(events.slice(3), 10n);
    runner.deliver(events.slice(0, 2), 2n);
    await until(() => runner.position === 10n);
    expect(processor.taken).toEqual(positions(1, 10));
  });

  it('stores a position that no event of its stands at', async () => {
    runner.start();
    await until(() => runner.isRunning);
    runner.deliver([], 41n);
    await until(() => processor.stored === 41n);
    expect(processor.batches).toEqual([[]]);
  });

  it('takes bounded batches, and is full until what waits for it has been taken', async () => {
    let letGo: () => void = () => {};
    processor.onProcess = () =>
      new Promise((resolve) => {
        letGo = resolve;
      });
    runner.start();
    await until(() => runner.isRunning);
    const events = append(20_000);
    runner.deliver(events, 20_000n);
    expect(runner.isFull).toBe(true);
    const feeding = setInterval(() => letGo(), 1);
    await until(() => runner.position === 20_000n);
    clearInterval(feeding);
    expect(Math.max(...processor.batches.map(({ length }) => length))).toBe(4_000);
    expect(processor.taken).toEqual(positions(1, 20_000));
    expect(told).toEqual(['opened', 'drained']);
  });

  it('opens again after an error, with back-off, and goes on from what was stored', async () => {
    const times: number[] = [];
    processor.onProcess = () => {
      times.push(performance.now());
      if (times.length <= 3) throw new Error('The disk is full.');
    };
    runner.start();
    await until(() => runner.isRunning);
    const events = append(5);
    runner.deliver(events, 5n);
    await until(() => runner.position === 5n);
    expect(processor.taken).toEqual(positions(1, 5));
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(99);
    expect(times[2]! - times[1]!).toBeGreaterThanOrEqual(199);
    expect(times[3]! - times[2]!).toBeGreaterThanOrEqual(399);
    expect(processor.closed).toBe(3);
  });

  it('takes nothing twice when a batch was stored though its answer was an error', async () => {
    let failures = 1;
    processor.onProcess = () => {
      if (failures-- !== 1) return;
      processor.batches.push(log.slice(0, 3));
      processor.stored = 3n;
      throw new Error('The connection broke after the commit.');
    };
    runner.start();
    await until(() => runner.isRunning);
    runner.deliver(append(3), 3n);
    append(2);
    await until(() => runner.position === 5n);
    expect(processor.taken).toEqual(positions(1, 5));
  });

  it('stands by while another worker holds the lease, and takes over when it is free', async () => {
    processor.onOpen = () => {
      if (processor.opened === 1) throw new LeaseHeld('fake');
    };
    runner.start();
    await until(() => runner.state.kind === 'standby');
    expect(told).toEqual([]);
    await until(() => runner.isRunning);
    expect(processor.opened).toBe(2);
  });

  it('stops for good when the promise cannot be kept, says why, and gives the lease back', async () => {
    processor.onOpen = () => {
      throw new ProcessorStopped('The checkpoint belongs to another store.');
    };
    runner.start();
    await until(() => runner.state.kind === 'stopped');
    await until(() => processor.closed === 1);
    expect(runner.state).toEqual({ kind: 'stopped', error: 'The checkpoint belongs to another store.' });
    await runner.close();
    expect(processor.opened).toBe(1);
  });

  it('left the reader waiting for the queue of a processor that had failed', async () => {
    let fail: (error: Error) => void = () => {};
    processor.onProcess = () =>
      new Promise((_, reject) => {
        fail = reject;
      });
    runner.start();
    await until(() => runner.isRunning);
    runner.deliver(append(8_000), 8_000n);
    await until(() => !runner.isFull);
    fail(new Error('The broker is away.'));
    await until(() => runner.state.kind === 'retrying');
    expect(told).toEqual(['opened', 'left']);
    expect(runner.isFull).toBe(false);
  });

  it('takes nothing more from when it shall open again: what it may hold by then is another matter', async () => {
    let done: (() => void) | undefined;
    processor.onProcess = () =>
      new Promise((resolve) => {
        done = resolve;
      });
    runner.start();
    await until(() => runner.isRunning);
    runner.deliver(append(1), 1n);
    await until(() => done !== undefined);
    runner.reopen();
    expect(runner.isRunning).toBe(false);
    runner.deliver(append(1), 2n);
    log = [];
    done!();
    await until(() => processor.opened === 2 && runner.isRunning);
    expect(processor.taken).toEqual([1n]);
    expect(told).toEqual(['opened', 'left', 'opened']);
  });

  it('does not wait for its next try when it is told to open again', async () => {
    processor.onOpen = () => {
      throw new Error('Nobody has said what it may hold.');
    };
    runner.start();
    // By then it would wait for more than a second.
    await until(() => processor.opened === 5);
    processor.onOpen = () => {};
    const began = performance.now();
    runner.reopen();
    await until(() => runner.isRunning);
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('ends when it is closed, asleep or between two tries, and closes its processor', async () => {
    processor.onProcess = () => {
      throw new Error('Never.');
    };
    runner.start();
    await until(() => runner.isRunning);
    runner.deliver(append(1), 1n);
    await until(() => runner.state.kind === 'retrying');
    await runner.close();
    expect(processor.closed).toBeGreaterThan(0);
  });
});
