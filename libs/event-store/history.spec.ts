import type { Recorded } from '#contracts/envelope.js';
import type { EventStore } from './event-store.js';
import { type HistoryRange, readHistory } from './history.js';
import type { HistoryBatch } from './history-batch.js';

const BATCH = 300;

/** A store of events at positions 10, 20, 30 …, of which more are written while it is read. */
class FakeStore {
  opened = 0;
  read = 0;
  ended = false;

  constructor(
    private readonly size: number,
    private readonly lostAt = Number.POSITIVE_INFINITY,
  ) {}

  async head() {
    return this.size === 0 ? undefined : BigInt(this.size) * 10n;
  }

  async open(events: Recorded[]) {
    this.opened += events.length;
  }

  async *history(after?: bigint): AsyncGenerator<HistoryBatch> {
    try {
      for (let next = Number((after ?? 0n) / 10n) + 1; next <= this.size + 2 * BATCH; next += BATCH) {
        if (next > this.lostAt) throw new Error('The store is gone.');
        this.read += BATCH;
        const events = Array.from({ length: BATCH }, (_, at) => {
          return { position: BigInt(next + at) * 10n, type: (next + at) % 2 === 0 ? 'Even' : 'Odd' } as Recorded;
        });
        yield { events } as HistoryBatch;
      }
    } finally {
      this.ended = true;
    }
  }
}

async function read(store: FakeStore, range?: HistoryRange) {
  const positions: bigint[] = [];
  let upTo: bigint | undefined;
  for await (const { events, position } of readHistory(store as unknown as EventStore, range)) {
    positions.push(...events.map((event) => event.position));
    upTo = position;
  }
  return { positions, upTo };
}

const tens = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => BigInt(from + at) * 10n);

describe('the history', () => {
  it('is read in order to what was its end when reading began, however much is written meanwhile', async () => {
    const store = new FakeStore(2_500);
    expect(await read(store)).toEqual({ positions: tens(1, 2_500), upTo: 25_000n });
    expect(store.ended).toBe(true);
  });

  it('is read after a position and up to another, even one between two events', async () => {
    expect(await read(new FakeStore(3_000), { after: 500n, through: 20_005n })).toEqual({
      positions: tens(51, 2_000),
      upTo: 20_000n,
    });
  });

  it('is opened only where it is wanted, and tells how far it was looked at', async () => {
    const store = new FakeStore(3_001);
    const range = { selects: ({ type, position }: Recorded) => type === 'Even' && position > 29_980n };
    expect(await read(store, range)).toEqual({ positions: [30_000n], upTo: 30_010n });
    expect(store.opened).toBe(1);
  });

  it.each([
    ['an empty store', 0, {}],
    ['nothing after the end', 5, { after: 50n }],
    ['an end before the beginning', 5, { after: 30n, through: 20n }],
  ])('of %s is none', async (_, size, range) => {
    expect(await read(new FakeStore(size), range)).toEqual({ positions: [], upTo: undefined });
  });

  it('fails where the store goes away', async () => {
    await expect(read(new FakeStore(5_000, 3_333))).rejects.toThrow('The store is gone.');
  });

  it('is not read on when nobody wants more of it', async () => {
    const store = new FakeStore(50_000);
    for await (const { position } of readHistory(store as unknown as EventStore)) {
      if (position > 20_000n) break;
    }
    expect(store.ended).toBe(true);
    expect(store.read).toBeLessThan(3_000);
  });
});
