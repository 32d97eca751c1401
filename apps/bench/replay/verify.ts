import { isDeepStrictEqual } from 'node:util';
import type { Pool } from 'pg';
import type { EventStore } from '#event-store/event-store.js';
import { tableOf } from '#platform/database/entity.js';
import type { RecordedEvent } from '#processing/projection.js';
import { customer360 } from '#read-models/customer-360/customer-360.projection.js';
import type { Customer360 } from '#read-models/customer-360/customer-360.table.js';

const PAGE = 5_000;
/** Of more customers than this only a part is folded again: all of their rows would not fit. */
const MOST_FOLDED = 100_000;

/**
 * Compares the rows of a table with a fold from scratch, without engine, batches or files.
 * @throws Error naming the first row that differs.
 */
export async function verifyRows(store: EventStore, pool: Pool, table: string, customers: number): Promise<void> {
  const { rows: counted } = await pool.query<{ rows: number }>(`select count(*) as rows from ${table}`);
  if (counted[0]!.rows !== customers) throw new Error(`${table} has ${counted[0]!.rows} rows of ${customers}.`);
  const every = Math.ceil(customers / MOST_FOLDED);
  const folded = await fold(store, (key) => Number.parseInt(key.slice(0, 8), 16) % every === 0);
  const keys = [...folded.keys()];
  const selection = tableOf(customer360.table).columns.map(({ column, property }) => `${column} as "${property}"`);
  for (let at = 0; at < keys.length; at += PAGE) {
    const { rows } = await pool.query<Customer360>(
      `select ${selection.join(', ')} from ${table} where customer_id = any($1)`,
      [keys.slice(at, at + PAGE)],
    );
    for (const row of rows) {
      if (!isDeepStrictEqual({ ...row }, stored(folded.get(row.customerId)!))) {
        throw new Error(`The row of customer ${row.customerId} in ${table} is not what its events make.`);
      }
      folded.delete(row.customerId);
    }
  }
  if (folded.size > 0) throw new Error(`${folded.size} customers have no row in ${table}.`);
}

async function fold(store: EventStore, isMeant: (key: string) => boolean): Promise<Map<string, Customer360>> {
  const rows = new Map<string, Customer360>();
  for await (const { events } of store.history()) {
    const meant = (events as RecordedEvent[]).filter((event) => {
      const key = customer360.key(event);
      return key !== undefined && isMeant(key);
    });
    await store.open(meant);
    for (const event of meant) {
      const key = customer360.key(event)!;
      rows.set(key, customer360.evolve(rows.get(key), event)!);
    }
  }
  return rows;
}

/** As it comes back from the database: values that are not there are left out of JSON. */
function stored(row: Customer360): Customer360 {
  return JSON.parse(JSON.stringify(row)) as Customer360;
}
