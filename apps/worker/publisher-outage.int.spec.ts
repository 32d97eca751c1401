import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import type { Pool } from 'pg';
import { newId } from '#contracts/ids.js';
import { connect, type EventStore } from '#event-store/event-store.js';
import { PersonalDataCipher } from '#event-store/personal-data-cipher.js';
import { prepareDatabase } from '#platform/database/migrate.js';
import { createPool } from '#platform/database/pool.js';
import { processorStates } from '#processing/worker-status.js';
import { PersonKeysInMemory } from '#testing/command-process.js';
import { EventLoad } from '#testing/event-load.js';
import { HAS_FULL_COUNTS } from '#testing/full-counts.js';
import { wrongAbout } from '#testing/once-in-order.js';
import { publishedEvents } from '#testing/published-events.js';
import type { Servers } from '#testing/servers.js';
import { until } from '#testing/spec-worker.js';
import { PublisherProcess } from './testing/publisher-process.js';
import { type StoppableBroker, serversBeside, stoppableBroker } from './testing/stoppable-broker.js';

/** `npm run test:full`: as long as an operator may need. Otherwise until health has said why. */
const AWAY_MS = HAS_FULL_COUNTS ? 30_000 : 0;
const RATE = 500;
const LIMIT_MS = 240_000;

jest.setTimeout(LIMIT_MS);

let broker: StoppableBroker;
let servers: Servers;
let pool: Pool;
let store: EventStore;

beforeAll(async () => {
  broker = await stoppableBroker();
  servers = await serversBeside(broker);
  await prepareDatabase(servers.databaseUrl);
  pool = createPool(servers.databaseUrl);
  store = connect(servers.eventStoreUrl, new PersonalDataCipher(new PersonKeysInMemory()));
});

afterAll(async () => {
  await store?.close();
  await pool?.end();
  await servers?.stop();
  await broker?.remove();
});

describe('a broker that goes away under load and comes back', () => {
  it('delays what is published, loses nothing and repeats nothing; health says why', async () => {
    const load = new EventLoad(store);
    const publisher = PublisherProcess.start(servers, newId());
    load.start(RATE);
    await until(async () => (await position()) > 0n, LIMIT_MS);

    // Apache Kafka that is killed between a commit and the markers of it may skip them when it starts again, as its
    // coordinator knows no leaders yet: what was committed stays hidden for good, and the publisher stops for it.
    await load.stop();
    await until(async () => (await position()) >= load.position, LIMIT_MS);
    await publishedEvents(broker.brokers, load.count);
    await broker.kill();
    load.start(RATE);
    const stoodAt = await position();
    await until(async () => (await state())?.startsWith('retrying: ') === true, LIMIT_MS);
    expect(await state()).toMatch(/ECONNREFUSED|Connection|Kafka/);
    await sleep(AWAY_MS);
    expect(await position()).toBe(stoodAt);
    await broker.start();

    await until(async () => (await state()) === 'running', LIMIT_MS);
    // It catches up while more is appended.
    const head = load.position;
    await until(async () => (await position()) >= head, LIMIT_MS);
    await load.stop();
    await until(async () => (await position()) >= load.position, LIMIT_MS);
    await publisher.stop();

    expect(wrongAbout(await publishedEvents(broker.brokers, load.count), load.appended)).toEqual([]);
  });
});

/** What health tells of the publisher. */
async function state(): Promise<string | undefined> {
  return (await processorStates(pool)).get('publisher');
}

async function position(): Promise<bigint> {
  const { rows } = await pool.query("select position from ops.checkpoints where processor = 'publisher'");
  return BigInt(rows[0]?.position ?? -1);
}
