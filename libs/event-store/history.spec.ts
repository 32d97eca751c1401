import type { EventStore } from './event-store.js';
import { type HistoryRange, readHistory } from './history.js';
import type { StoredEvent } from './protocol/read-answer.js';
import type { Subscriber } from './protocol/reads.js';

/** A store of events at positions 10, 20, 30 …, which delivers them as fast as it is let. */
class FakeStore {
  ended = false;
  mostAhead = 0;
  private taken = 0;

  constructor(
    private readonly size: number,
    private readonly lostAt = Number.POSITIVE_INFINITY,
  ) {}

  async head() {
    return this.size === 0 ? undefined : BigInt(this.size) * 10n;
  }

  async decode(events: StoredEvent[]) {
    this.taken += events.length;
    return events;
  }

  subscribe(after: bigint | undefined, subscriber: Subscriber) {
    let next = Number((after ?? 0n) / 10n) + 1;
    let paused = false;
    const turn = () => {
      for (let burst = 0; burst < 300 && !paused && !this.ended; burst++, next++) {
        if (next === this.lostAt) return subscriber.lost(new Error('The store is gone.'));
        // Others write on while the history is read.
        subscriber.event({ position: BigInt(next) * 10n, type: next % 2 === 0 ? 'Even' : 'Odd' } as StoredEvent);
        this.mostAhead = Math.max(this.mostAhead, next - this.taken);
      }
      if (!this.ended) setImmediate(turn);
    };
    setImmediate(turn);
    return {
      get isPaused() {
        return paused;
      },
      pause: () => {
        paused = true;
      },
      resume: () => {
        paused = false;
      },
      end: () => {
        this.ended = true;
      },
    };
  }
}

/** @param turns how long the reader takes for each batch. */
async function read(store: FakeStore, range?: HistoryRange, turns = 1) {
  const positions: bigint[] = [];
  let upTo: bigint | undefined;
  for await (const { events, position } of readHistory(store as unknown as EventStore, range)) {
    positions.push(...events.map((event) => event.position));
    upTo = position;
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  return { positions, upTo };
}

const tens = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => BigInt(from + at) * 10n);

describe('the history', () => {
  it('is read in order to what was its end when reading began, however much is written meanwhile', async () => {
    const store = new FakeStore(25_000);
    expect(await read(store)).toEqual({ positions: tens(1, 25_000), upTo: 250_000n });
    expect(store.ended).toBe(true);
  });

  it('waits, no more than a few thousand events ahead, for a reader who is slow', async () => {
    const store = new FakeStore(25_000);
    expect((await read(store, {}, 40)).positions).toHaveLength(25_000);
    expect(store.mostAhead).toBeLessThan(5_000);
  });

  it('is read after a position and up to another, even one between two events', async () => {
    expect(await read(new FakeStore(3_000), { after: 500n, through: 20_005n })).toEqual({
      positions: tens(51, 2_000),
      upTo: 20_000n,
    });
  });

  it('is decoded only where it is wanted, and tells how far it was looked at', async () => {
    const range = { selects: ({ type, position }: StoredEvent) => type === 'Even' && position > 29_980n };
    expect(await read(new FakeStore(3_001), range)).toEqual({ positions: [29_990n + 10n], upTo: 30_010n });
  });

  it.each([
    ['an empty store', 0, {}],
    ['nothing after the end', 5, { after: 50n }],
    ['an end before the beginning', 5, { after: 30n, through: 20n }],
  ])('of %s is none', async (_, size, range) => {
    expect(await read(new FakeStore(size), range)).toEqual({ positions: [], upTo: undefined });
  });

  it('fails where the store goes away', async () => {
    const store = new FakeStore(5_000, 3_333);
    await expect(read(store)).rejects.toThrow('The store is gone.');
    expect(store.ended).toBe(true);
  });

  it('is not read on when nobody wants more of it', async () => {
    const store = new FakeStore(50_000);
    for await (const { position } of readHistory(store as unknown as EventStore)) {
      if (position > 20_000n) break;
    }
    expect(store.ended).toBe(true);
  });
});
