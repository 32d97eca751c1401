import { jest } from '@jest/globals';
import fc from 'fast-check';
import { pino } from 'pino';
import type { Recorded } from '#contracts/envelope.js';
import { CUSTOMER_EVENTS_TOPIC, EVENT_PARTITIONS } from '#contracts/topics.js';
import { holdsOnServers } from '#testing/property.js';
import { eventsOfCustomers, Publishing } from '#testing/publishing.js';
import { until } from '#testing/spec-worker.js';
import { CheckpointWatch } from '../checkpoint-watch.js';
import type { Position } from '../processor.js';
import type { PublisherProcessor } from './publisher-processor.js';
import { PROJECTIONS_GROUP } from './topic-group.js';
import { TopicSource } from './topic-source.js';

jest.setTimeout(60_000);

const silent = pino({ level: 'silent' });

let publishing: Publishing;
let watch: CheckpointWatch;
let publisher: PublisherProcessor;
let source: TopicSource;
/** What the engine would have stored, and how often the source has told it to open again. */
let engine: { stored: Position; reopened: number; reopen(): void };
let published: Recorded[];
/** Where the publisher stands. */
let head: bigint;

beforeAll(async () => {
  publishing = await Publishing.start();
  watch = new CheckpointWatch(publishing.servers.databaseUrl);
  await watch.start();
  publisher = publishing.publisher();
  await publisher.open();
  published = [];
  head = 0n;
  engine = { stored: undefined, reopened: 0, reopen: () => (engine.reopened += 1) };
  source = sourceOf();
  await source.start(engine);
  await until(() => source.assigned?.size === EVENT_PARTITIONS);
});

afterAll(async () => {
  await source?.close();
  await watch?.close();
  await publishing?.stop();
});

/** What views need; a source asks each time that it begins. */
const needs: string[] = [];

function sourceOf(): TopicSource {
  const { kafka, pool, storeId } = publishing;
  return new TopicSource(kafka, silent, { pool, storeId, watch, needs });
}

/** Publishes events of seven customers in turn, which leaves partitions without any, recorded at ever earlier times. */
async function publish(count: number): Promise<void> {
  const from = Number(head) + 1;
  const events = eventsOfCustomers(from, from + count - 1).map((event) => {
    return { ...event, recordedAt: new Date(Date.now() - Number(event.position) * 1_000).toISOString() };
  });
  published.push(...events);
  head += BigInt(count);
  await publisher.process(events, head);
}

/** Moves the publisher on without an event in the topic. */
async function pass(): Promise<void> {
  head += 5n;
  await publisher.process([], head);
}

/** What a subscription tells until it has come to where the publisher stands. */
async function readTo(after: Position, from = source): Promise<bigint[]> {
  const positions: bigint[] = [];
  let looked: Position;
  let error: Error | undefined;
  const subscription = from.subscribe(after, {
    event: ({ position }) => positions.push(position),
    checkpoint: (position) => (looked = position),
    caughtUp: () => (looked ??= after),
    lost: (why) => (error = why),
  });
  try {
    await until(() => (looked !== undefined && looked >= head) || error !== undefined, 20_000);
    if (error) throw error;
    return positions;
  } finally {
    subscription.end();
  }
}

const last = () => published.at(-1)!.position;
const since = (after: Position) => published.map(({ position }) => position).filter((each) => each > (after ?? 0n));

describe('the topic as a source', () => {
  it('tells every event in the order of positions, and how far it has looked where partitions are silent', async () => {
    await publish(30);
    expect(await readTo(undefined)).toEqual(since(undefined));
    // Of nothing but another subject: no partition of the topic gets anything.
    await pass();
    expect(await readTo(last())).toEqual([]);
  });

  it('decodes what it told', async () => {
    const records: Parameters<TopicSource['decode']>[0] = [];
    const subscription = source.subscribe(undefined, {
      event: (record) => records.push(record),
      checkpoint: () => {},
      caughtUp: () => {},
      lost: () => {},
    });
    await until(() => records.length === published.length);
    subscription.end();
    const told = (await source.decode(records)).map(({ eventId, data, streamId }) => ({ eventId, data, streamId }));
    expect(told).toEqual(published.map(({ eventId, data, streamId }) => ({ eventId, data, streamId })));
  });

  it('begins where it was asked to, wherever the group believes to be and whatever clocks have said', async () => {
    const admin = publishing.kafka.admin();
    await admin.connect();
    const place = fc.option(fc.nat(60), { nil: undefined });
    await holdsOnServers(
      fc.asyncProperty(place, place, async (after, stored) => {
        await publish(3);
        engine.stored = stored === undefined ? undefined : BigInt(stored);
        const asked = after === undefined ? undefined : BigInt(Math.min(after, Number(head)));
        expect(await readTo(asked)).toEqual(since(asked));
      }),
      5,
    );
    // Its own commits, at last.
    engine.stored = last();
    const subscription = source.subscribe(0n, {
      event: () => {},
      checkpoint: () => {},
      caughtUp: () => {},
      lost: () => {},
    });
    await until(async () => {
      const [offsets] = await admin.fetchOffsets({ groupId: PROJECTIONS_GROUP, topics: [CUSTOMER_EVENTS_TOPIC] });
      return offsets!.partitions.filter(({ offset }) => Number(offset) > 0).length >= 5;
    });
    subscription.end();
    for (const asked of [undefined, 7n, last() - 1n, last()]) {
      await publish(1);
      expect(await readTo(asked)).toEqual(since(asked));
    }
    await admin.disconnect();
  });

  it('comes to the end of partitions in which nothing follows but what was aborted', async () => {
    const producer = publishing.kafka.producer({ transactionalId: 'spec', idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    const transaction = await producer.transaction();
    const messages = Array.from({ length: EVENT_PARTITIONS }, (_, partition) => ({ partition, value: 'aborted' }));
    await transaction.send({ topic: CUSTOMER_EVENTS_TOPIC, messages });
    await transaction.abort();
    await producer.disconnect();
    // Another one, which learns where partitions end from what stands in them.
    await publisher.close();
    publisher = publishing.publisher();
    await publisher.open();
    for (const asked of [undefined, last()]) expect(await readTo(asked)).toEqual(since(asked));
    await pass();
    expect(await readTo(last())).toEqual([]);
  });

  it('tells nothing where the topic was not published with what is needed, and no view takes leases', async () => {
    await source.ensureReadable();
    needs.push('ContactPointAdded.value');
    const lacking = 'was not published with ContactPointAdded.value from its beginning on';
    await expect(readTo(undefined)).rejects.toThrow(lacking);
    await expect(source.ensureReadable()).rejects.toThrow(lacking);
    needs.pop();
    await source.ensureReadable();
  });

  it('is lost when another worker joins the group, so that nobody moves what is the other one’s', async () => {
    let lost: Error | undefined;
    source.subscribe(last(), {
      event: () => {},
      checkpoint: () => {},
      caughtUp: () => {},
      lost: (why) => (lost = why),
    });
    const reopened = engine.reopened;
    const other = sourceOf();
    await other.start({ stored: undefined, reopen: () => {} });
    await until(() => source.assigned?.size === EVENT_PARTITIONS / 2 && other.assigned?.size === EVENT_PARTITIONS / 2);
    expect(lost?.message).toBe('The partitions are being given out anew.');
    expect(engine.reopened).toBeGreaterThan(reopened);
    await publish(7);
    const halves = await Promise.all([readTo(head - 7n), readTo(head - 7n, other)]);
    expect(halves.flat().sort((a, b) => (a < b ? -1 : 1))).toEqual(since(head - 7n));
    await other.close();
  });
});
