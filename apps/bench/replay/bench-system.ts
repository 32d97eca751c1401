import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { newId } from '#contracts/ids.js';
import { connect, type EventStore } from '#event-store/event-store.js';
import { PostgresPersonKeys } from '#event-store/person-keys.js';
import { PersonalDataCipher } from '#event-store/personal-data-cipher.js';
import { prepareDatabase } from '#platform/database/migrate.js';
import { createPool } from '#platform/database/pool.js';
import { prepareViews } from '#processing/builds/prepare-views.js';
import { projections } from '#read-models/projections.js';
import { type Servers, startServers } from '#testing/servers.js';

/** Event store and PostgreSQL of a benchmark, with no worker. */
export interface BenchSystem {
  servers: Servers;
  store: EventStore;
  storeId: string;
  pool: Pool;
  databaseUrl: string;
  /** For the CLI. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

export async function startBenchSystem(): Promise<BenchSystem> {
  const servers = await startServers({ only: ['event-store', 'postgres'] });
  const { databaseUrl, eventStoreUrl } = servers;
  await prepareDatabase(databaseUrl);
  await prepareViews(databaseUrl, projections);
  const masterKey = randomBytes(32);
  const pool = createPool(databaseUrl);
  const store = connect(eventStoreUrl, new PersonalDataCipher(new PostgresPersonKeys(pool, masterKey)));
  return {
    servers,
    store,
    storeId: await store.storeId(newId()),
    pool,
    databaseUrl,
    env: {
      EVENTSTORE_URL: eventStoreUrl,
      DATABASE_URL: databaseUrl,
      RAPPORT_MASTER_KEY: masterKey.toString('base64'),
    },
    stop: async () => {
      await store.close();
      await pool.end();
      await servers.stop();
    },
  };
}
