import { jest } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import type { Pool } from 'pg';
import { pino } from 'pino';
import type { Recorded } from '#contracts/envelope.js';
import type { RapportEvent } from '#contracts/events.js';
import { derivedId, newId } from '#contracts/ids.js';
import { BUSINESS_EVENTS_TOPIC, CUSTOMER_EVENTS_TOPIC, PUBLISHER_POSITIONS_TOPIC } from '#contracts/topics.js';
import { defaultLoyaltyRulesPublished } from '#domain/loyalty/rules.js';
import { prepareDatabase } from '#platform/database/migrate.js';
import { createPool } from '#platform/database/pool.js';
import { type PublishedEvent, publishedEvents } from '#testing/published-events.js';
import { recorded } from '#testing/recorded.js';
import { deleteTopics, type Servers, startServers } from '#testing/servers.js';
import { until } from '#testing/spec-worker.js';
import { Checkpoint, type HeldCheckpoint } from '../checkpoints.js';
import { Leases } from '../leases.js';
import { LeaseHeld, type Position, ProcessorStopped } from '../processor.js';
import { Runner } from '../runner.js';
import { PublisherProcessor } from './publisher-processor.js';

const LIMIT_MS = 60_000;
jest.setTimeout(LIMIT_MS);

let servers: Servers;
let kafka: Kafka;
let pool: Pool;
let storeId: string;
let end: bigint;
let workers: Leases[];

beforeAll(async () => {
  servers = await startServers({ only: ['kafka', 'postgres'] });
  await prepareDatabase(servers.databaseUrl, []);
  pool = createPool(servers.databaseUrl);
  kafka = new Kafka({ brokers: servers.kafkaBrokers, logLevel: logLevel.NOTHING, retry: { initialRetryTime: 100 } });
});

beforeEach(async () => {
  await deleteTopics(servers.kafkaBrokers);
  await pool.query('delete from ops.checkpoints');
  storeId = newId();
  end = 1_000_000n;
  workers = [];
});

afterEach(async () => {
  for (const leases of workers) await leases.close();
});

afterAll(async () => {
  await pool?.end();
  await servers?.stop();
});

function checkpointOf(store = storeId): Checkpoint {
  return new Checkpoint(pool, 'ops', 'publisher', store);
}

/** A publisher in a worker of its own. */
function publisher({ store = storeId, checkpoint = checkpointOf(store), client = kafka } = {}): PublisherProcessor {
  const leases = new Leases(servers.databaseUrl);
  workers.push(leases);
  return new PublisherProcessor(client, store, pool, checkpoint, leases, async () => end);
}

/** Events of seven customers in turn. */
function events(from: number, to: number): Recorded<RapportEvent>[] {
  return Array.from({ length: to - from + 1 }, (_, n) => {
    const position = BigInt(from + n);
    const customerId = derivedId('customer', String(position % 7n));
    const { metadata } = recorded({ position });
    return recorded({ position, metadata: { ...metadata, customerId, subject: { kind: 'customer', id: customerId } } });
  });
}

/** Each once, each customer's in order and in one partition. */
function expectExactly(published: PublishedEvent[], expected: Recorded[]): void {
  expect(published.map(({ id }) => id).sort()).toEqual(expected.map(({ eventId }) => eventId).sort());
  const last = new Map<string, PublishedEvent>();
  for (const event of published) {
    const before = last.get(event.key);
    if (before) expect(event.position).toBeGreaterThan(before.position);
    if (before) expect(event.partition).toBe(before.partition);
    last.set(event.key, event);
  }
}

/** Opens a publisher when the worker that holds the lease has lost its connection, which that one does not notice. */
async function takeOver(other: PublisherProcessor): Promise<Position> {
  await pool.query("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'");
  let position: Position;
  await until(async () => {
    try {
      position = await other.open();
      return true;
    } catch (error) {
      if (error instanceof LeaseHeld) return false;
      throw error;
    }
  }, LIMIT_MS);
  return position;
}

/** Whether anybody can see them or not. */
async function messagesInTopic(): Promise<number> {
  const admin = kafka.admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets(CUSTOMER_EVENTS_TOPIC);
  await admin.disconnect();
  return offsets.reduce((sum, { high }) => sum + Number(high), 0);
}

async function mirror(): Promise<number | null> {
  const { rows } = await pool.query("select position from ops.checkpoints where processor = 'publisher'");
  return rows[0].position;
}

describe('the publisher', () => {
  it('publishes every event once, and those of a customer in order', async () => {
    const mine = publisher();
    expect(await mine.open()).toBeUndefined();
    await mine.process(events(1, 100), 100n);
    await mine.process([], 120n);
    await mine.process(events(121, 300), 300n);
    await mine.close();
    expectExactly(await publishedEvents(servers.kafkaBrokers), [...events(1, 100), ...events(121, 300)]);
    expect(await mirror()).toBe(300);
    expect(await publisher().open()).toBe(300n);
  });

  it('makes CloudEvents, keyed by customer, without personal data', async () => {
    const mine = publisher();
    await mine.open();
    const data = { partyKind: 'person', roles: ['endConsumer'], channel: 'web', name: 'Hoa' };
    const [base] = events(1, 1);
    const acquired = {
      ...base!,
      type: 'CustomerAcquired',
      data,
      recordedAt: '2026-06-01T12:00:00.000Z',
      metadata: { ...base!.metadata, occurredAt: '1998-06-30T00:00:00Z' },
    } as Recorded;
    const rules = recorded({ type: 'RulesPublished', data: defaultLoyaltyRulesPublished, position: 2n });
    rules.metadata = { ...rules.metadata, subject: { kind: 'rules', id: 'loyalty' }, customerId: undefined };
    await mine.process([acquired, rules], 2n);
    await mine.close();

    const { name: _, ...published } = data;
    const { metadata } = acquired;
    expect(await publishedEvents(servers.kafkaBrokers)).toEqual([
      expect.objectContaining({
        key: metadata.customerId,
        data: published,
        timestamp: acquired.recordedAt,
        headers: {
          ce_specversion: '1.0',
          ce_id: acquired.eventId,
          ce_source: '/rapport',
          ce_type: 'CustomerAcquired',
          ce_subject: acquired.streamId,
          ce_time: '1998-06-30T00:00:00Z',
          ce_position: '1',
          ce_revision: '0',
          ce_schemaversion: '1',
          ce_correlationid: metadata.correlationId,
          ce_causationid: metadata.causationId,
          ce_customerid: metadata.customerId,
          'content-type': 'application/json',
        },
      }),
    ]);
    const business = await publishedEvents(servers.kafkaBrokers, 0, BUSINESS_EVENTS_TOPIC);
    expect(business.map(({ key, id }) => ({ key, id }))).toEqual([{ key: 'loyalty', id: rules.eventId }]);
  });

  it('runs in one worker, and goes on in another when that one ends', async () => {
    const both = [publisher(), publisher()];
    const opened = await Promise.allSettled(both.map((one) => one.open()));
    const [mine, other] = opened[0]!.status === 'fulfilled' ? both : both.toReversed();
    expect(opened.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(opened).toContainEqual({ status: 'rejected', reason: expect.any(LeaseHeld) });
    await mine!.process(events(1, 50), 50n);
    await mine!.close();
    expect(await other!.open()).toBe(50n);
    await other!.process(events(51, 80), 80n);
    await other!.close();
    expectExactly(await publishedEvents(servers.kafkaBrokers), events(1, 80));
  });

  it('goes on after what Kafka committed when it died before the mirror was moved', async () => {
    class Dying extends Checkpoint {
      override async advance(): Promise<HeldCheckpoint> {
        throw new Error('The process died here.');
      }
    }
    const dying = publisher({ checkpoint: new Dying(pool, 'ops', 'publisher', storeId) });
    await dying.open();
    await expect(dying.process(events(1, 50), 50n)).rejects.toThrow('died here');
    await dying.close();
    expect(await mirror()).toBeNull();
    const next = publisher();
    expect(await next.open()).toBe(50n);
    expect(await mirror()).toBe(50);
    await next.process(events(51, 60), 60n);
    await next.close();
    expectExactly(await publishedEvents(servers.kafkaBrokers), events(1, 60));
  });

  it('is fenced when it lost its lease and does not know it: nothing that it sends is seen', async () => {
    const mine = publisher();
    await mine.open();
    await mine.process(events(1, 50), 50n);
    const other = publisher();
    expect(await takeOver(other)).toBe(50n);
    await expect(mine.process(events(51, 70), 70n)).rejects.toThrow();
    expect(await mirror()).toBe(50);
    await other.process(events(51, 60), 60n);
    await expect(mine.process(events(61, 70), 70n)).rejects.toThrow();
    await mine.close();
    await other.close();
    expectExactly(await publishedEvents(servers.kafkaBrokers), events(1, 60));
  });

  it('sends each event once, wherever it stands in a batch when another worker takes over', async () => {
    let mine = publisher();
    let position = (await mine.open()) ?? 0n;
    for (let round = 0; round < 6; round += 1) {
      const through = position + 100n;
      // Large enough for several requests.
      const batch = events(Number(position) + 1, Number(through)).map((event) => ({
        ...event,
        data: { note: 'x'.repeat(20_000) },
      }));
      const stale = mine;
      let racing: Promise<void> | undefined;
      const race = async () => {
        for (let turn = 0; turn < round * 4; turn += 1) await new Promise(setImmediate);
        await stale.process(batch, through).catch(() => {});
      };
      // It begins before the other one opens, or just before that one fences it, a little later each round.
      if (round % 2 === 0) racing = race();
      const producer: Kafka['producer'] = (config) => {
        racing ??= race();
        return kafka.producer(config);
      };
      const client = { admin: () => kafka.admin(), consumer: (config) => kafka.consumer(config), producer } as Kafka;
      const other = publisher({ client });
      const taken = (await takeOver(other)) ?? 0n;
      expect([position, through]).toContain(taken);
      await racing;
      await mine.close();
      [mine, position] = [other, taken];
    }
    await mine.process(events(Number(position) + 1, 610), 610n);
    await mine.close();
    expectExactly(await publishedEvents(servers.kafkaBrokers), events(1, 610));
  });

  it('does not take the messages of a first batch that was aborted for published events', async () => {
    const mine = publisher();
    await mine.open();
    const [small, huge] = events(1, 2);
    const tooLarge = { ...huge!, data: { note: 'x'.repeat(2_000_000) } } as unknown as Recorded;
    await expect(mine.process([small!, tooLarge], 2n)).rejects.toThrow();
    await mine.close();
    expect(await publishedEvents(servers.kafkaBrokers)).toEqual([]);
    expect(await messagesInTopic()).toBeGreaterThan(0);
    const next = publisher();
    expect(await next.open()).toBeUndefined();
    await next.process(events(1, 2), 2n);
    await next.close();
    expectExactly(await publishedEvents(servers.kafkaBrokers), events(1, 2));
  });

  it('stops when the topic holds messages and the positions are gone', async () => {
    const mine = publisher();
    await mine.open();
    await mine.process(events(1, 10), 10n);
    await mine.close();
    const admin = kafka.admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [PUBLISHER_POSITIONS_TOPIC] });
    await admin.disconnect();
    const opening = mine.open();
    await expect(opening).rejects.toThrow(ProcessorStopped);
    await expect(opening).rejects.toThrow('holds no position');
  });

  it('stops when the topics were published from another store, or from one that was longer', async () => {
    const mine = publisher();
    await mine.open();
    await mine.process(events(1, 10), 10n);
    await mine.close();
    const elsewhere = publisher({ store: newId() });
    await expect(elsewhere.open()).rejects.toThrow(`published from event store ${storeId}`);
    await elsewhere.close();
    end = 9n;
    await expect(publisher().open()).rejects.toThrow(ProcessorStopped);
  });

  it('loses nothing and repeats nothing when the broker dies under it, again and again', async () => {
    const log = events(1, 3_000);
    let delivered = 0;
    const runner: Runner = new Runner(publisher(), pino({ level: 'silent' }), {
      opened: () => runner.deliver(log.slice(0, delivered), BigInt(delivered)),
      drained: () => {},
      left: () => {},
    });
    runner.start();
    await until(() => runner.isRunning, LIMIT_MS);
    for (const killAt of [200, 1_500, 2_900]) {
      const stop = delivered + 1_000;
      while (delivered < stop) {
        delivered += 20;
        runner.deliver(log.slice(delivered - 20, delivered), BigInt(delivered));
        if (delivered === killAt) servers.kill('kafka');
        // As they come from the store: in small deliveries, while earlier ones are published.
        await new Promise(setImmediate);
      }
      await until(() => runner.position === BigInt(stop), LIMIT_MS);
    }
    await runner.close();
    expectExactly(await publishedEvents(servers.kafkaBrokers), log);
  });
});
