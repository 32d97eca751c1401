import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { Pool } from 'pg';
import { newId } from '#contracts/ids.js';
import { toCloudEvent } from '#processing/kafka/cloud-event.js';
import { DIST } from '#testing/built.js';
import { eventsOfCustomers as events } from '#testing/publishing.js';
import { type Servers, startServers } from '#testing/servers.js';
import { until } from '#testing/spec-worker.js';
import { PostgresInbox } from './postgres-inbox.js';
import { makeEventsTopic, publishTo } from './testing/spec-topic.js';

jest.setTimeout(120_000);

const EVENTS = 2_000;
/** Each costs the shortest session time-out that brokers allow. */
const KILLS = 2;

let servers: Servers;
let pool: Pool;
let groupId: string;
let child: ChildProcess | undefined;

beforeAll(async () => {
  servers = await startServers({ only: ['postgres', 'kafka'] });
  pool = new Pool({ connectionString: servers.databaseUrl });
  pool.on('error', () => {});
  groupId = `spec-${Date.now()}`;
  const inboxes = [1, 2, 3, 4].map(() => new PostgresInbox(pool, groupId));
  await Promise.all(inboxes.map((inbox) => inbox.prepare()));
  await pool.query('create table effects (seq bigserial primary key, event_id uuid, key text, position bigint)');
  await pool.query('create table customers (key text primary key, events int not null)');
});

afterAll(async () => {
  child?.kill('SIGKILL');
  await pool?.end();
  await servers?.stop();
});

describe('an inbox', () => {
  const effects = async () => (await pool.query('select event_id from effects')).rows.map(({ event_id }) => event_id);
  let inbox: PostgresInbox;

  beforeEach(async () => {
    inbox = new PostgresInbox(pool, newId());
    await pool.query('truncate effects');
  });

  const affect = (eventId: string) => {
    return inbox.once(eventId, async (client) => {
      await client.query('insert into effects (event_id) values ($1)', [eventId]);
    });
  };

  it('lets an event be handled once, also when it comes twice at once', async () => {
    const eventId = newId();
    expect((await Promise.all([affect(eventId), affect(eventId), affect(eventId)])).sort()).toEqual([
      false,
      false,
      true,
    ]);
    expect(await affect(eventId)).toBe(false);
    expect(await effects()).toEqual([eventId]);
  });

  it('keeps neither effect nor event of a handler that failed', async () => {
    const eventId = newId();
    const failed = inbox.once(eventId, async (client) => {
      await client.query('insert into effects (event_id) values ($1)', [eventId]);
      throw new Error('No.');
    });
    await expect(failed).rejects.toThrow('No.');
    expect(await effects()).toEqual([]);
    expect(await affect(eventId)).toBe(true);
  });

  it('does not take a transaction for committed in which a statement failed that the handler passed over', async () => {
    const eventId = newId();
    const passedOver = inbox.once(eventId, async (client) => {
      await client.query('select 1 / 0').catch(() => {});
    });
    await expect(passedOver).rejects.toThrow('rolled back');
    expect(await affect(eventId)).toBe(true);
  });

  it("is each subscriber's own, and forgets what it is told to", async () => {
    const eventId = newId();
    await affect(eventId);
    expect(await new PostgresInbox(pool, newId()).once(eventId, async () => {})).toBe(true);
    await inbox.forgetBefore(new Date(Date.now() - 60_000));
    expect(await affect(eventId)).toBe(false);
    await inbox.forgetBefore(new Date(Date.now() + 60_000));
    expect(await affect(eventId)).toBe(true);
    await inbox.forgetAll();
    expect(await affect(eventId)).toBe(true);
  });
});

describe('a subscriber with an inbox', () => {
  it('takes effect exactly once for every event, in order per key, whenever it is killed or loses its database', async () => {
    await pool.query('truncate effects');
    const kafka = new Kafka({ brokers: servers.kafkaBrokers, logLevel: logLevel.NOTHING });
    const topic = `rapport.spec-${Date.now()}`;
    const published = events(1, EVENTS);
    await pool.query('insert into customers select distinct unnest($1::text[]), 0', [
      published.map(({ metadata }) => metadata.customerId),
    ]);
    await makeEventsTopic(kafka, topic);
    await publishTo(
      kafka,
      topic,
      published.map((event) => toCloudEvent(event)),
    );
    // Asked while the database is away, too.
    const count = () => {
      return pool.query('select count(*) from effects').then(
        ({ rows }) => Number(rows[0].count),
        () => -1,
      );
    };

    child = started(topic);
    await until(async () => (await count()) >= 200);
    if (servers.kill('postgres')) await until(async () => (await count()) >= 400);
    for (let kill = 0; kill < KILLS; kill++) {
      const before = await count();
      // At a random moment of the work: each event is two statements and a commit.
      const after = before + 1 + Math.floor(Math.random() * (EVENTS / KILLS / 2));
      await until(async () => (await count()) >= after);
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(await count()).toBeLessThan(EVENTS);
      child = started(topic);
    }
    await until(async () => (await count()) >= EVENTS);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);

    const { rows } = await pool.query('select key, position from effects order by seq');
    const positions = (key?: string) => rows.flatMap((row) => (row.key === key ? [BigInt(row.position)] : []));
    for (const key of new Set(published.map(({ metadata }) => metadata.customerId))) {
      const mine = published.filter(({ metadata }) => metadata.customerId === key).map(({ position }) => position);
      expect(positions(key)).toEqual(mine);
      const { rows: counted } = await pool.query('select events from customers where key = $1', [key]);
      expect(counted[0].events).toBe(mine.length);
    }
  });
});

function started(topic: string): ChildProcess {
  return spawn(process.execPath, [join(DIST, 'libs/consumer/testing/inbox-process.js')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      SPEC_BROKERS: servers.kafkaBrokers.join(','),
      SPEC_DATABASE: servers.databaseUrl,
      SPEC_GROUP: groupId,
      SPEC_TOPIC: topic,
    },
  });
}
