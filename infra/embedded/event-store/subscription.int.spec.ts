import {
  binaryEvent,
  END,
  type EventStoreDBClient,
  eventTypeFilter,
  excludeSystemEvents,
  jsonEvent,
  type Position,
  START,
  StreamDeletedError,
  streamNameFilter,
} from '@eventstore/db-client';
import { type Running, startHere } from './harness.js';

let server: Running;
let client: EventStoreDBClient;
beforeEach(async () => {
  server = await startHere();
  client = server.client;
});
afterEach(() => server.stop());

const event = (n: number, type = 'Happened') => jsonEvent({ type, data: { n } });
const events = (count: number, type?: string) => Array.from({ length: count }, (_, n) => event(n, type));

type Subscription = ReturnType<EventStoreDBClient['subscribeToAll']>;
type StreamSubscription = ReturnType<EventStoreDBClient['subscribeToStream']>;

/** Takes events until `count` have come; a subscription that stalls fails by the test's timeout. */
function take(subscription: Subscription | StreamSubscription, count: number): Promise<string[]> {
  const found: string[] = [];
  return new Promise((resolve, reject) => {
    subscription.on('error', reject);
    subscription.on('data', ({ event }: { event?: { revision: bigint; streamId: string } }) => {
      found.push(`${event?.revision}@${event?.streamId}`);
      if (found.length === count) resolve(found);
    });
  });
}

const caughtUp = (subscription: Subscription | StreamSubscription) =>
  new Promise<void>((resolve) => subscription.once('caughtUp', resolve));

const expected = (stream: string, from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `${from + index}@${stream}`);

describe('subscribing to a stream', () => {
  it('catches up, says so, and goes on live', async () => {
    await client.appendToStream('s', events(3));
    const subscription = client.subscribeToStream('s');
    const taken = take(subscription, 5);
    await caughtUp(subscription);
    await client.appendToStream('other', events(2));
    await client.appendToStream('s', events(2));
    expect(await taken).toEqual(expected('s', 0, 5));
  });

  it('starts strictly after the given revision', async () => {
    await client.appendToStream('s', events(4));
    expect(await take(client.subscribeToStream('s', { fromRevision: 1n }), 2)).toEqual(expected('s', 2, 4));
  });

  it('from the end shows only what comes later', async () => {
    await client.appendToStream('s', events(4));
    const subscription = client.subscribeToStream('s', { fromRevision: END });
    const taken = take(subscription, 1);
    await caughtUp(subscription);
    await client.appendToStream('s', event(4));
    expect(await taken).toEqual(['4@s']);
  });

  it('waits for a stream that does not exist yet', async () => {
    const subscription = client.subscribeToStream('later', { fromRevision: START });
    const taken = take(subscription, 1);
    await caughtUp(subscription);
    await client.appendToStream('later', event(0));
    expect(await taken).toEqual(['0@later']);
  });

  it('ends with StreamDeleted when the stream is tombstoned, before or meanwhile', async () => {
    await client.appendToStream('s', event(0));
    const subscription = client.subscribeToStream('s');
    const failed = new Promise((resolve) => subscription.once('error', resolve));
    subscription.resume();
    await caughtUp(subscription);
    await client.tombstoneStream('s');
    expect(await failed).toBeInstanceOf(StreamDeletedError);
    await expect(take(client.subscribeToStream('s', { fromRevision: END }), 1)).rejects.toThrow(StreamDeletedError);
  });

  it('resolves links', async () => {
    await client.appendToStream('s', events(2));
    await client.appendToStream('links', binaryEvent({ type: '$>', data: Buffer.from('1@s') }));
    expect(await take(client.subscribeToStream('links', { resolveLinkTos: true }), 1)).toEqual(['1@s']);
  });
});

describe('subscribing to $all', () => {
  it('neither misses nor repeats an event at the border between catching up and live', async () => {
    await client.appendToStream('s', events(300));
    const subscriptions = Array.from({ length: 5 }, () => take(client.subscribeToAll(), 600));
    await Promise.all(Array.from({ length: 300 }, (_, n) => client.appendToStream('s', event(300 + n))));
    for (const taken of subscriptions) expect(await taken).toEqual(expected('s', 0, 600));
  });

  it('starts strictly after the given position', async () => {
    const { position } = await client.appendToStream('s', events(2));
    await client.appendToStream('s', events(2));
    const taken = take(client.subscribeToAll({ fromPosition: position as Position }), 2);
    expect(await taken).toEqual(expected('s', 2, 4));
  });

  it('refuses a position that no event has', async () => {
    const wrong = { commit: 7n, prepare: 7n };
    await expect(take(client.subscribeToAll({ fromPosition: wrong }), 1)).rejects.toThrow('invalid position');
  });

  it('holds nothing back for a subscriber that does not read, who gets it all later', async () => {
    const subscription = client.subscribeToAll({}, { highWaterMark: 1 });
    await client.appendToStream('s', events(2000));
    await client.appendToStream('s', events(2000));
    expect((await take(subscription, 4000)).at(-1)).toBe('3999@s');
  });

  it('passes only what the filter accepts, by type or stream, regex or prefix, also live', async () => {
    const filters = [
      eventTypeFilter({ prefixes: ['Wanted'] }),
      eventTypeFilter({ regex: '^Want' }),
      streamNameFilter({ prefixes: ['wanted-'] }),
      streamNameFilter({ regex: '-w$' }),
    ];
    const taken = filters.map((filter) => take(client.subscribeToAll({ filter }), 4));
    for (let round = 0; round < 2; round++) {
      await client.appendToStream('other', events(50, 'Other'));
      await client.appendToStream('wanted-w', events(2, 'Wanted'));
    }
    for (const result of taken) expect(await result).toEqual(expected('wanted-w', 0, 4));
  });

  it('leaves system events out with the filter made for it', async () => {
    await client.setStreamMetadata('s', { maxCount: 9 });
    await client.appendToStream('s', event(0));
    expect(await take(client.subscribeToAll({ filter: excludeSystemEvents() }), 1)).toEqual(['0@s']);
  });
});

describe('checkpoints of a filtered subscription', () => {
  interface Checkpoints {
    subscription: Subscription;
    positions: bigint[];
    /** Resolves when so many checkpoints have come. */
    reached(count: number): Promise<void>;
  }

  function checkpoints(options: { checkpointInterval: number; maxSearchWindow?: number }): Checkpoints {
    const positions: bigint[] = [];
    let wake = () => {};
    const filter = eventTypeFilter({
      prefixes: ['Wanted'],
      ...options,
      checkpointReached: (_, position) => {
        positions.push(position.commit);
        wake();
      },
    });
    const subscription = client.subscribeToAll({ filter });
    subscription.resume();
    const reached = async (count: number) => {
      while (positions.length < count) await new Promise<void>((resolve) => (wake = resolve));
    };
    return { subscription, positions, reached };
  }

  /** The position of the n-th event of `$all`, from 1. */
  async function positionOf(nth: number): Promise<bigint> {
    let last = 0n;
    for await (const { event } of client.readAll({ maxCount: nth })) last = event!.position!.commit;
    return last;
  }

  it('come one per interval of events considered while catching up, one at the end, then caught_up', async () => {
    await client.appendToStream('s', events(25));
    const { subscription, positions } = checkpoints({ checkpointInterval: 2, maxSearchWindow: 5 });
    await caughtUp(subscription);
    expect(positions).toEqual([await positionOf(10), await positionOf(20), await positionOf(25)]);
  });

  it('have a window of 32 events unless told', async () => {
    await client.appendToStream('s', events(70));
    const { subscription, positions } = checkpoints({ checkpointInterval: 1 });
    await caughtUp(subscription);
    expect(positions).toEqual([await positionOf(32), await positionOf(64), await positionOf(70)]);
  });

  it('come one per interval live, each above the one before', async () => {
    const { subscription, positions, reached } = checkpoints({ checkpointInterval: 1, maxSearchWindow: 4 });
    await caughtUp(subscription);
    for (let n = 0; n < 9; n++) await client.appendToStream('s', event(n));
    await reached(3);
    expect(positions).toEqual([0n, await positionOf(4), await positionOf(8)]);
  });
});

describe('shutting down', () => {
  it('ends open subscriptions with CANCELLED and not as if the client had done it', async () => {
    const other = await startHere();
    const subscription = other.client.subscribeToAll();
    subscription.resume();
    const failed = new Promise((resolve) => subscription.once('error', resolve));
    await caughtUp(subscription);
    const raw = other.client as unknown as { dispose(): Promise<void> };
    raw.dispose = async () => {};
    await other.stop();
    expect(await failed).toMatchObject({ type: 'cancelled' });
  });
});
