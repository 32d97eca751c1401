import { jest } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import type { Recorded } from '#contracts/envelope.js';
import type { RapportEvent } from '#contracts/events.js';
import { toCloudEvent } from '#processing/kafka/cloud-event.js';
import { eventsOfCustomers as events } from '#testing/publishing.js';
import { type Servers, startServers } from '#testing/servers.js';
import { until } from '#testing/spec-worker.js';
import { DeadLetters } from './dead-letters.js';
import { TooManyDeadLetters } from './event-flow.js';
import { Subscriber } from './subscriber.js';
import type { SubscriberOptions } from './subscriber-options.js';
import { makeEventsTopic, publishTo } from './testing/spec-topic.js';

jest.setTimeout(60_000);

let servers: Servers;
let kafka: Kafka;
let groupId: string;
let topic: string;
let running: Subscriber[] = [];

beforeAll(async () => {
  servers = await startServers({ only: ['kafka'] });
  kafka = new Kafka({ brokers: servers.kafkaBrokers, logLevel: logLevel.NOTHING });
});

beforeEach(async () => {
  groupId = `spec-${Date.now()}`;
  topic = `rapport.spec-${Date.now()}`;
  await makeEventsTopic(kafka, topic);
});

afterEach(async () => {
  await Promise.all(running.map((subscriber) => subscriber.stop()));
  running = [];
});

afterAll(() => servers?.stop());

describe('a subscriber', () => {
  it('handles what was committed, in order per key, and nothing of an aborted transaction', async () => {
    await publish(events(1, 100));
    await publish(events(500, 520), 'abort');
    await publish(events(101, 200));
    const { seen } = await subscribed();
    await until(() => seen.length >= 200);
    expect(ordered(seen)).toEqual(ordered(events(1, 200)));
  });

  it('goes on where it stopped, with what another one of its group had in hand finished', async () => {
    await publish(events(1, 40));
    let finish!: () => void;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { seen, subscriber } = await subscribed({
      before: (position) => (position > 20n ? finished : undefined),
    });
    await until(() => seen.length >= 20);
    const stopped = subscriber.stop();
    finish();
    await stopped;
    await subscriber.ended;
    const next = await subscribed();
    await until(() => seen.length + next.seen.length >= 40);
    await publish(events(41, 50));
    await until(() => seen.length + next.seen.length >= 50);
    expect(ordered([...seen, ...next.seen])).toEqual(ordered(events(1, 50)));
  });

  it('skips and counts what it does not know, or gives it to the fallback', async () => {
    const [known, novel] = events(1, 2);
    await publish([known!, { ...novel!, type: 'CustomerTeleported', data: { to: 'Mars' } } as never, ...events(3, 3)]);
    const { seen, subscriber } = await subscribed();
    await until(() => seen.length === 2 && subscriber.counts.unknown === 1);
    const others: unknown[] = [];
    await subscribed({ groupId: `${groupId}-2`, otherwise: ({ type, data }) => void others.push({ type, data }) });
    await until(() => others.length === 1);
    expect(others).toEqual([{ type: 'CustomerTeleported', data: { to: 'Mars' } }]);
  });

  it('keeps a poisoned event and what follows it of its key, whoever has the partition, until a retry succeeds', async () => {
    await publish(events(1, 21));
    const first = await subscribed({ poison: 8n });
    await until(() => first.seen.length >= 18 && first.subscriber.counts.followed >= 1);
    await first.subscriber.stop();
    await publish(events(22, 28));
    // Nothing is wrong any more, but order is kept.
    const second = await subscribed();
    await until(() => second.seen.length >= 6 && second.subscriber.counts.followed >= 1);

    const letters = await DeadLetters.open({ kafka, groupId, topic });
    const poisoned = events(8, 8)[0]!.metadata.customerId!;
    try {
      expect(
        (await letters.list()).map(({ record, reason, error }) => [record.headers.ce_position, reason, error]),
      ).toEqual([
        ['8', 'failed', 'Error: It is poison.'],
        ['15', 'follows', undefined],
        ['22', 'follows', undefined],
      ]);
      expect(second.seen.filter(({ key }) => key === poisoned)).toEqual([]);
      expect(await letters.retry(poisoned)).toEqual([]);
      expect(await letters.list()).toEqual([]);
    } finally {
      await letters.close();
    }
    await publish(events(29, 29));
    await until(() => second.seen.some(({ position }) => position === 29n));
    expect(ordered([...first.seen, ...second.seen])).toEqual(ordered(events(1, 29)));
    expect(second.subscriber.counts.retried).toBe(3);
  });

  it('leaves what fails again, and goes on behind what is dropped', async () => {
    await publish(events(1, 15));
    const { seen, subscriber } = await subscribed({ poison: 1n });
    await until(() => seen.length >= 12 && subscriber.counts.followed >= 2);
    const letters = await DeadLetters.open({ kafka, groupId, topic });
    try {
      const left = await letters.retry();
      expect(left.map(({ record }) => record.headers.ce_position)).toEqual(['1', '8', '15']);
      await letters.drop(left[0]!);
      expect(await letters.retry()).toEqual([]);
    } finally {
      await letters.close();
    }
    expect(ordered(seen)).toEqual(ordered(events(2, 15)));
  });

  it('shares the partitions with a member that joins, in order per key', async () => {
    await publish(events(1, 300));
    const options = {
      consumer: { heartbeatInterval: 100 },
      before: () => new Promise<void>((go) => setTimeout(go, 5)),
    };
    const first = await subscribed(options);
    await until(() => first.seen.length >= 30);
    const joining = subscribed(options);
    let second: Awaited<typeof joining> | undefined;
    void joining.then((joined) => {
      second = joined;
    });
    // Events come all the while, so that the group is shared out anew in the middle of them.
    let last = 300;
    for (; !second?.seen.length; last += 50) await publish(events(last + 1, last + 50));
    const both = () => [...first.seen, ...second!.seen].sort((a, b) => a.at - b.at);
    await until(() => new Set(both().map(({ position }) => position)).size >= last);
    // A rebalance may bring an event again, with all that follows it; the first time that each is seen is in order.
    expect(ordered(firstOfEach(both()))).toEqual(ordered(events(1, last)));
  });

  it('begins again at the beginning', async () => {
    await publish(events(1, 30));
    const { seen, subscriber } = await subscribed();
    await until(() => seen.length >= 30);
    await subscriber.seekToBeginning();
    await until(() => seen.length >= 60);
    expect(ordered(seen.slice(30))).toEqual(ordered(events(1, 30)));
  });

  it('stops and says so when events of many keys fail', async () => {
    await publish(events(1, 7));
    const { subscriber } = await subscribed({ poison: 'all', mostKeysAMinute: 3 });
    await expect(subscriber.ended).rejects.toThrow(TooManyDeadLetters);
    const { seen } = await subscribed();
    // What had not become a dead letter was not lost.
    await until(() => seen.length >= 4);
  });

  it('does not start on a topic that is not there', async () => {
    const subscriber = new Subscriber({ kafka, groupId, topic: 'rapport.no-such-topic', handlers: {} });
    await expect(subscriber.start()).rejects.toThrow(/topic/i);
  });
});

interface Seen {
  key: string;
  position: bigint;
  at: number;
}

interface Wanted extends Partial<SubscriberOptions> {
  /** The position whose handler fails. */
  poison?: bigint | 'all';
  before?: (position: bigint) => Promise<void> | void;
}

async function subscribed({ poison, before, ...options }: Wanted = {}) {
  const seen: Seen[] = [];
  const subscriber = new Subscriber({
    kafka,
    groupId,
    topic,
    retry: { attempts: 2, firstDelayMs: 1 },
    handlers: {
      LoyaltyEnrolled: async ({ position }, { key }) => {
        if (poison === 'all' || position === poison) throw new Error('It is poison.');
        await before?.(position);
        seen.push({ key, position, at: performance.now() });
      },
    },
    ...options,
  });
  running.push(subscriber);
  await subscriber.start();
  return { seen, subscriber };
}

/** Positions by key, in the order given. */
function ordered(given: (Seen | Recorded)[]): Record<string, bigint[]> {
  const byKey: Record<string, bigint[]> = {};
  for (const each of given) {
    const key = 'key' in each ? each.key : each.metadata.customerId!;
    byKey[key] = [...(byKey[key] ?? []), each.position];
  }
  return byKey;
}

function firstOfEach(seen: Seen[]): Seen[] {
  return [...new Map([...seen].reverse().map((each) => [each.position, each])).values()].sort((a, b) => a.at - b.at);
}

function publish(published: Recorded<RapportEvent>[], end?: 'commit' | 'abort'): Promise<void> {
  return publishTo(
    kafka,
    topic,
    published.map((event) => toCloudEvent(event)),
    end,
  );
}
