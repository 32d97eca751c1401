import type { Pool } from 'pg';
import { newId } from '#contracts/ids.js';
import { connect, type EventStore } from '#event-store/event-store.js';
import { PostgresPersonKeys } from '#event-store/person-keys.js';
import { PersonalDataCipher } from '#event-store/personal-data-cipher.js';
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

/** Connects to the servers; whoever opens it closes it. */
export async function openSystem(context: Context): Promise<Connected & { close(): Promise<void> }> {
  const { eventStoreUrl, databaseUrl, masterKey, businessDate } = connectionsFor(
    context,
    'eventStoreUrl',
    'databaseUrl',
    'masterKey',
  );
  const pool = createPool(databaseUrl);
  const store = connect(eventStoreUrl, new PersonalDataCipher(new PostgresPersonKeys(pool, masterKey)));
  const close = async () => {
    await store.close();
    await pool.end();
  };
  try {
    // Finds out whether the store is there, and that it is one of Rapport's.
    await store.storeId(newId());
  } catch (error) {
    await close();
    throw error;
  }
  return { store, pool, databaseUrl, businessDate, close };
}

/** Connects to the servers, and closes the connections when the work is done. */
export async function withSystem<T>(context: Context, work: (connected: Connected) => Promise<T>): Promise<T> {
  const system = await openSystem(context);
  try {
    return await work(system);
  } finally {
    await system.close();
  }
}
