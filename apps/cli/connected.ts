import type { Pool } from 'pg';
import { connect, type EventStore } from '#event-store/event-store.js';
import { type PersonKeys, PostgresPersonKeys } from '#event-store/person-keys.js';
import { PersonalDataCipher } from '#event-store/personal-data-cipher.js';
import { prepareDatabase } from '#platform/database/migrate.js';
import { createPool } from '#platform/database/pool.js';
import type { Context } from './context.js';
import { connectionsFor } from './running.js';

/** The servers of a system, as a command uses them. */
export interface Connected {
  store: EventStore;
  pool: Pool;
  databaseUrl: string;
  businessDate: string | undefined;
}

/** For commands that look at the store without opening personal data: they need no master key and no database. */
const noKeys: PersonKeys = {
  get: async () => new Map(),
  makeOrGet: async () => {
    throw new Error('This command has no keys for personal data.');
  },
  destroy: async () => {
    throw new Error('This command has no keys for personal data.');
  },
};

/**
 * Connects to everything that it takes to write; whoever opens it closes it.
 * @throws SettingsError when the master key is not the one that wraps the keys of this database
 */
export async function openSystem(
  context: Context,
): Promise<Connected & { cipher: PersonalDataCipher; masterKey: Buffer; close(): Promise<void> }> {
  const { eventStoreUrl, databaseUrl, masterKey, businessDate } = connectionsFor(
    context,
    'eventStoreUrl',
    'databaseUrl',
    'masterKey',
  );
  const pool = createPool(databaseUrl);
  const keys = new PostgresPersonKeys(pool, masterKey);
  const cipher = new PersonalDataCipher(keys);
  const store = connect(eventStoreUrl, cipher);
  const close = async () => {
    await store.close();
    await pool.end();
  };
  try {
    // Finds out whether the servers are there and the key is theirs, before any work is done for them.
    await store.existingStoreId();
    await prepareDatabase(databaseUrl);
    await keys.verifyMasterKey();
  } catch (error) {
    await close();
    throw error;
  }
  return { store, cipher, masterKey, pool, databaseUrl, businessDate, close };
}

/** Connects to the event store alone, to look at it, and closes the connection when the work is done. */
export async function withStore<T>(context: Context, work: (store: EventStore) => Promise<T>): Promise<T> {
  const { eventStoreUrl } = connectionsFor(context, 'eventStoreUrl');
  const store = connect(eventStoreUrl, new PersonalDataCipher(noKeys));
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Connects to the event store and to the database, to look at them, and closes the connections afterwards. */
export async function withStoreAndPool<T>(
  context: Context,
  work: (connected: Pick<Connected, 'store' | 'pool'>) => Promise<T>,
): Promise<T> {
  const { databaseUrl } = connectionsFor(context, 'eventStoreUrl', 'databaseUrl');
  const pool = createPool(databaseUrl);
  try {
    return await withStore(context, (store) => work({ store, pool }));
  } finally {
    await pool.end();
  }
}
