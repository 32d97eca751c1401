import { EventEmitter } from 'node:events';
import type { EventStore } from './event-store.js';
import { Followed } from './followed.js';

/** A store whose subscription the spec drives. */
class Subscription extends EventEmitter {
  paused = false;
  told: (position: bigint) => void = () => {};

  pause() {
    this.paused = true;
  }
  resume() {
    this.paused = false;
  }
  isPaused() {
    return this.paused;
  }
  async unsubscribe() {}

  deliver(from: number, count: number) {
    for (let position = from; position < from + count; position++) {
      this.emit('data', { event: { position: BigInt(position) } });
    }
  }
}

function following(after?: bigint) {
  const subscription = new Subscription();
  const store = {
    subscribe: (_: bigint | undefined, told: (position: bigint) => void) => {
      subscription.told = told;
      return subscription;
    },
    decode: async (records: unknown[]) => records,
  };
  return { subscription, followed: new Followed(store as unknown as EventStore, after) };
}

const SOON = 20;
const LATE = 10_000;

describe('following the store', () => {
  it('asks the store to wait when nobody takes what has come, and to go on when it is taken', async () => {
    const { subscription, followed } = following();
    subscription.deliver(0, 499);
    expect(subscription.paused).toBe(false);
    subscription.deliver(499, 1);
    expect(subscription.paused).toBe(true);
    expect(await followed.next(SOON)).toHaveLength(500);
    expect(subscription.paused).toBe(false);
  });

  it('hands on what comes while it is waited for, in order and once', async () => {
    const { subscription, followed } = following();
    const waiting = followed.next(LATE);
    subscription.deliver(1, 1);
    subscription.deliver(2, 2);
    const first = await waiting;
    subscription.deliver(4, 1);
    const all = [...first, ...(await followed.next(LATE))];
    expect(all.map(({ position }) => position)).toEqual([1n, 2n, 3n, 4n]);
  });

  it('answers nothing when nothing comes in time', async () => {
    const { followed } = following(7n);
    expect(await followed.next(SOON)).toEqual([]);
    expect(followed.position).toBe(7n);
  });

  it('stands where everything was taken or looked at, and never beyond what still waits', async () => {
    const { subscription, followed } = following(7n);
    subscription.told(9n);
    expect(followed.position).toBe(9n);
    subscription.deliver(10, 2);
    subscription.told(20n);
    expect(followed.position).toBe(9n);
    await followed.next(SOON);
    expect(followed.position).toBe(11n);
  });

  it.each(['error', 'end'])('ends at once when the subscription has its %s', async (how) => {
    const { subscription, followed } = following();
    const waiting = followed.next(LATE);
    subscription.emit(how, new Error('The store is away.'));
    expect(await waiting).toEqual([]);
    expect(followed.hasEnded).toBe(true);
  });

  it('ends at once when it is closed', async () => {
    const { followed } = following();
    const waiting = followed.next(LATE);
    followed.close();
    expect(await waiting).toEqual([]);
    expect(followed.hasEnded).toBe(true);
  });
});
