import { pino } from 'pino';
import { LeaseHeld, type Position, ProcessorStopped } from './processor.js';
import { type DeadlineSource, type Look, Timers } from './timers.js';

interface Due {
  owner: string;
  dueAt: string;
}

/** A view of deadlines in memory, with the position at which each was set. */
class FakeView implements DeadlineSource<Due> {
  readonly view = 'deadline';
  at: Position = 0n;
  looks: (Look | undefined)[] = [];
  private rows: (Due & { position: bigint })[] = [];

  set(owner: string, dueAt: string): void {
    this.at = (this.at ?? 0n) + 1n;
    this.rows.push({ owner, dueAt, position: this.at });
  }

  async position(): Promise<Position> {
    return this.at;
  }

  async *due(by: string, seen: Look | undefined): AsyncGenerator<Due[][]> {
    this.looks.push(seen);
    const due = this.rows.filter(
      ({ dueAt, position }) => dueAt <= by && (seen === undefined || position > seen.position || dueAt > seen.dueBy),
    );
    yield due.map(({ owner, dueAt }) => [{ owner, dueAt }]);
  }

  async next(by: string): Promise<string | undefined> {
    return this.rows
      .map(({ dueAt }) => dueAt)
      .filter((dueAt) => dueAt > by)
      .sort()[0];
  }
}

let view: FakeView;
let now: string;
let fired: string[];
let stored: { position: Position; appended?: bigint }[];
let first: Position;
let held: Set<string>;
let onTake: () => void;
let onFire: (due: Due) => Promise<void> | void;
let move: () => void;
let timers: Timers<Due>;

function start(): Timers<Due> {
  timers = new Timers<Due>({
    source: view,
    idOf: ({ owner, dueAt }) => `${owner} ${dueAt}`,
    fire: async (due) => {
      await onFire(due);
      fired.push(due.owner);
      return BigInt(100 + fired.length);
    },
    dueBy: () => now,
    pool: undefined as never,
    checkpoint: {
      takeOver: async () => ({ position: first, epoch: 1 }),
      advance: async (_pool, { epoch }, position, appended) => {
        stored.push({ position, appended });
        return { position, epoch };
      },
    },
    leases: {
      take: async (name) => {
        onTake();
        held.add(name);
      },
      giveBack: async (name) => {
        held.delete(name);
      },
      holds: (name) => held.has(name),
    },
    watch: {
      onMoved: (_processor, hear) => {
        move = hear;
        return () => {};
      },
    },
    endOfStore: async () => undefined,
    logger: pino({ level: 'silent' }),
  });
  timers.start();
  return timers;
}

beforeEach(() => {
  view = new FakeView();
  now = '2026-06-15T10:00:00.000Z';
  fired = [];
  stored = [];
  first = undefined;
  held = new Set();
  onTake = () => {};
  onFire = () => {};
});

afterEach(() => timers.close());

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Everything that the view holds has been looked at. */
const looked = () => until(() => stored.at(-1)?.position === view.at);

describe('the timers', () => {
  it('fire what is due, once, and store how far they have come and what was appended', async () => {
    view.set('late', '2026-06-15T09:00:00.000Z');
    view.set('future', '2026-06-16T09:00:00.000Z');
    start();
    await looked();
    expect(fired).toEqual(['late']);
    expect(stored).toEqual([{ position: 2n, appended: 101n }]);
    expect(timers.state).toEqual({ kind: 'running' });
  });

  it('look again when the view has moved, at what is new in it alone', async () => {
    view.set('one', '2026-06-15T09:00:00.000Z');
    start();
    await looked();
    view.set('two', '2026-06-15T09:30:00.000Z');
    move();
    await looked();
    expect(fired).toEqual(['one', 'two']);
    expect(view.looks).toEqual([undefined, { position: 1n, dueBy: now }]);
  });

  it('wake when the next deadline is due, without being told', async () => {
    const soon = new Date(Date.parse(now) + 20).toISOString();
    view.set('soon', soon);
    const began = Date.now();
    timers = start();
    await looked();
    expect(fired).toEqual([]);
    // The clock goes on while nobody tells them anything.
    const ticking = setInterval(() => {
      now = new Date(Date.parse('2026-06-15T10:00:00.000Z') + Date.now() - began).toISOString();
    }, 1);
    await until(() => fired.length > 0);
    clearInterval(ticking);
    expect(fired).toEqual(['soon']);
  });

  it('do not fire again what was fired, however often its owner’s row changes', async () => {
    view.set('same', '2026-06-15T09:00:00.000Z');
    start();
    await looked();
    view.set('same', '2026-06-15T09:00:00.000Z');
    move();
    await looked();
    expect(fired).toEqual(['same']);
  });

  it('try again what failed, alone, and say why meanwhile', async () => {
    let failures = 0;
    const states: string[] = [];
    onFire = ({ owner }) => {
      if (owner !== 'failing' || failures === 2) return;
      failures += 1;
      states.push(timers.state.kind);
      throw new Error('The event store is away.');
    };
    view.set('failing', '2026-06-15T09:00:00.000Z');
    view.set('well', '2026-06-15T09:00:00.000Z');
    start();
    await looked();
    expect(fired).toEqual(['well', 'failing']);
    expect(states).toEqual(['opening', 'retrying']);
    expect(stored).toHaveLength(1);
  });

  it('do nothing while a view that is being filled again tells the past', async () => {
    first = 5n;
    view.set('dealt with since', '2026-06-15T09:00:00.000Z');
    start();
    await until(() => timers.state.kind === 'running');
    expect(view.looks).toEqual([]);
    while (view.at! < 5n) view.set('new', '2026-06-15T09:30:00.000Z');
    move();
    await looked();
    expect(fired).toContain('new');
  });

  it('stand by while another worker holds the lease, and take it when it is free', async () => {
    let isFree = false;
    onTake = () => {
      if (!isFree) throw new LeaseHeld('timers');
    };
    view.set('late', '2026-06-15T09:00:00.000Z');
    start();
    await until(() => timers.state.kind === 'standby');
    expect(fired).toEqual([]);
    isFree = true;
    await looked();
    expect(fired).toEqual(['late']);
  });

  it('take the lease again when its connection was lost', async () => {
    view.set('late', '2026-06-15T09:00:00.000Z');
    let taken = 0;
    onTake = () => {
      taken += 1;
    };
    start();
    await looked();
    held.clear();
    move();
    await until(() => taken === 2 && timers.state.kind === 'running');
    expect(fired).toEqual(['late']);
  });

  it('stop for good when the checkpoint is of another history', async () => {
    onTake = () => {
      throw new ProcessorStopped('Of another store.');
    };
    start();
    await until(() => timers.state.kind === 'stopped');
    expect(timers.state).toEqual({ kind: 'stopped', error: 'Of another store.' });
  });
});
