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

/** Connects to the servers, and closes the connections when the work is done. */
export async function withSystem<T>(context: Context, work: (connected: Connected) => Promise<T>): Promise<T> {
  const { eventStoreUrl, databaseUrl, masterKey, businessDate } = connectionsFor(
    context,
    'eventStoreUrl',
    'databaseUrl',
    'masterKey',
  );
  const pool = createPool(databaseUrl);
  const store = connect(eventStoreUrl, new PersonalDataCipher(new PostgresPersonKeys(pool, masterKey)));
  try {
    // Finds out whether the store is there, and that it is one of Rapport's.
    await store.storeId(newId());
    return await work({ store, pool, databaseUrl, businessDate });
  } finally {
    await store.close();
    await pool.end();
  }
}
