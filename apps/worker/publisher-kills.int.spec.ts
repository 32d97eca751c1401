import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import type { Pool } from 'pg';
import { newId } from '#contracts/ids.js';
import { CUSTOMER_EVENTS_TOPIC } from '#contracts/topics.js';
import { connect, type EventStore } from '#event-store/event-store.js';
import { PersonalDataCipher } from '#event-store/personal-data-cipher.js';
import { prepareDatabase } from '#platform/database/migrate.js';
import { createPool } from '#platform/database/pool.js';
import { abortedTransactions } from '#testing/aborted-transactions.js';
import { PersonKeysInMemory } from '#testing/command-process.js';
import { EventLoad } from '#testing/event-load.js';
import { HAS_FULL_COUNTS } from '#testing/full-counts.js';
import { wrongAbout } from '#testing/once-in-order.js';
import { publishedEvents } from '#testing/published-events.js';
import { seededRandom } from '#testing/seeded-random.js';
import { type Servers, startServers } from '#testing/servers.js';
import { until } from '#testing/spec-worker.js';
import { PublisherProcess } from './testing/publisher-process.js';

/** Events a second, for as long as publishers are killed: what is appended has to be published too. */
const RATE = HAS_FULL_COUNTS ? 1_000 : 400;
/** An idle machine needs a tenth of it. */
const LIMIT_MS = HAS_FULL_COUNTS ? 900_000 : 300_000;
/** A kill comes within this time of the last one, or of the moment when events are sent. */
const BETWEEN_KILLS_MS = 500;
const INTO_TRANSACTION_MS = 5;
/** Which part of the kills come at any moment. */
const ANYWHERE = 0.3;

jest.setTimeout(LIMIT_MS);

let servers: Servers;
let pool: Pool;
let store: EventStore;
/** The events of both specs: the second goes on where the first ended. */
let load: EventLoad;

beforeAll(async () => {
  servers = await startServers();
  await prepareDatabase(servers.databaseUrl);
  pool = createPool(servers.databaseUrl);
  store = connect(servers.eventStoreUrl, new PersonalDataCipher(new PersonKeysInMemory()));
  load = new EventLoad(store);
});

afterAll(async () => {
  await store?.close();
  await pool?.end();
  await servers?.stop();
});

describe('publishers killed at random moments under load', () => {
  it.each([
    {
      publishers: 1,
      kills: HAS_FULL_COUNTS ? 50 : 10,
      hits: HAS_FULL_COUNTS ? 10 : 2,
      events: HAS_FULL_COUNTS ? 50_000 : 5_000,
    },
    { publishers: 2, kills: HAS_FULL_COUNTS ? 20 : 3, hits: 0, events: HAS_FULL_COUNTS ? 20_000 : 2_000 },
  ])('lose nothing and repeat nothing: $publishers at once, $kills kills', async (given) => {
    const random = seededRandom();
    const abortedBefore = (await topicExists()) ? await aborted() : new Set<string>();
    const events = load.count + given.events;
    const slots = Array.from({ length: given.publishers }, () => newId());
    const running = slots.map((workerId) => PublisherProcess.start(servers, workerId));
    const all = [...running];
    load.start(RATE);

    const hits = async () => [...(await aborted())].filter((transaction) => !abortedBefore.has(transaction)).length;
    // Chance may have it that too few hit a transaction: then there are some more.
    for (let kill = 0; kill < given.kills || (kill < 2 * given.kills && (await hits()) < given.hits); kill += 1) {
      const slot = await nextVictim(running, random);
      await running[slot]!.kill();
      running[slot] = PublisherProcess.start(servers, slots[slot]!);
      all.push(running[slot]!);
    }
    await until(() => load.count >= events, LIMIT_MS);
    await load.stop();
    await until(async () => (await mirror()) >= load.position, LIMIT_MS);
    await Promise.all(running.map((one) => one.stop()));

    expect(wrongAbout(await publishedEvents(servers.kafkaBrokers, load.count), load.appended)).toEqual([]);
    const hit = await hits();
    process.stderr.write(`${JSON.stringify({ kills: all.length - given.publishers, openTransactionsHit: hit })}\n`);
    // Nobody met an error and began anew: what was aborted was open when its publisher was killed.
    expect(all.filter(({ opened }) => opened > 1)).toEqual([]);
    expect(hit).toBeGreaterThanOrEqual(given.hits);
  });
});

/** Waits for the moment: any one, starting up and fencing included, or one soon after events are sent. */
async function nextVictim(running: PublisherProcess[], random: () => number): Promise<number> {
  const chosen = Math.floor(random() * running.length);
  if (random() < ANYWHERE) {
    await sleep(random() * BETWEEN_KILLS_MS);
    return chosen;
  }
  const stop = new AbortController();
  const sending = running.map((one, slot) => one.sends(stop.signal).then(() => slot));
  const active = await Promise.race(sending);
  stop.abort();
  await Promise.allSettled(sending);
  await sleep(random() * INTO_TRANSACTION_MS);
  return active;
}

function aborted(): Promise<Set<string>> {
  return abortedTransactions(servers.kafkaBrokers, CUSTOMER_EVENTS_TOPIC);
}

async function topicExists(): Promise<boolean> {
  return (await mirror()) >= 0n;
}

/** Where the publisher stands, as PostgreSQL tells it; -1 before the first. */
async function mirror(): Promise<bigint> {
  const { rows } = await pool.query("select position from ops.checkpoints where processor = 'publisher'");
  return BigInt(rows[0]?.position ?? -1);
}
