import type { EventStore } from './event-store.js';
import { Followed } from './followed.js';
import type { StoredEvent } from './protocol/read-answer.js';
import type { Subscriber } from './protocol/reads.js';

/** A subscription that the spec drives. */
class Driven {
  isPaused = false;
  hasEnded = false;
  subscriber!: Subscriber;

  pause() {
    this.isPaused = true;
  }
  resume() {
    this.isPaused = false;
  }
  end() {
    this.hasEnded = true;
  }

  deliver(from: number, count: number) {
    for (let position = from; position < from + count; position++) {
      this.subscriber.event({ position: BigInt(position) } as StoredEvent);
    }
  }
}

function following(after?: bigint) {
  const subscription = new Driven();
  const store = {
    subscribe: (_: bigint | undefined, subscriber: Subscriber) => Object.assign(subscription, { subscriber }),
    decode: async (events: StoredEvent[]) => events,
  };
  return { subscription, followed: new Followed(store as unknown as EventStore, after) };
}

const SOON = 20;
const LATE = 10_000;

describe('following the store', () => {
  it('asks the store to wait when nobody takes what has come, and to go on when it is taken', async () => {
    const { subscription, followed } = following();
    subscription.deliver(0, 499);
    expect(subscription.isPaused).toBe(false);
    subscription.deliver(499, 1);
    expect(subscription.isPaused).toBe(true);
    expect(await followed.next(SOON)).toHaveLength(500);
    expect(subscription.isPaused).toBe(false);
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
    subscription.subscriber.checkpoint(9n);
    expect(followed.position).toBe(9n);
    subscription.deliver(10, 2);
    subscription.subscriber.checkpoint(20n);
    expect(followed.position).toBe(9n);
    await followed.next(SOON);
    expect(followed.position).toBe(11n);
  });

  it('ends at once when the store goes away', async () => {
    const { subscription, followed } = following();
    const waiting = followed.next(LATE);
    subscription.subscriber.lost(new Error('The store is away.'));
    expect(await waiting).toEqual([]);
    expect(followed.hasEnded).toBe(true);
  });

  it('ends at once when it is closed, and so does its subscription', async () => {
    const { subscription, followed } = following();
    const waiting = followed.next(LATE);
    followed.close();
    expect(await waiting).toEqual([]);
    expect([followed.hasEnded, subscription.hasEnded]).toEqual([true, true]);
  });
});
