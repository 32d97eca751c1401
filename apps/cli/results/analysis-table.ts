import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '#platform/database/pool.js';
import { CliError, exitCode } from '../exit.js';
import type { Column, ColumnType } from './columns.js';
import { quoted } from './duckdb.js';
import type { Spool } from './spool.js';

/** Apart from what Rapport keeps and derives: nothing of it is ever read back. */
export const SCHEMA = 'analysis';
const ROWS_A_STATEMENT = 2_000;
const DEPENDENT_OBJECTS = '2BP01';
const WRONG_OBJECT = '42809';

const TYPES: Record<ColumnType, string> = {
  integer: 'bigint',
  number: 'double precision',
  boolean: 'boolean',
  text: 'text',
  instant: 'timestamptz',
  json: 'jsonb',
};

/** Writes rows into a table, in place of what it held: in one transaction, so a reader sees the old rows or the new. */
export async function replaceTable(pool: Pool, name: string, spool: Spool, about: string): Promise<void> {
  try {
    await inTransaction(pool, async (client) => {
      await client.query(`create schema if not exists ${SCHEMA}`);
      // Two at once would both make the same table: the second waits.
      await client.query('select pg_advisory_xact_lock(hashtext($1))', [`${SCHEMA}.${name}`]);
      await client.query(`drop table if exists ${SCHEMA}.${quoted(name)}`);
      const columns = spool.columns.map((column) => `${quoted(column.name)} ${TYPES[column.type]}`).join(', ');
      await client.query(`create table ${SCHEMA}.${quoted(name)} (${columns})`);
      await client.query(`comment on table ${SCHEMA}.${quoted(name)} is '${about.replaceAll("'", "''")}'`);
      if (spool.columns.length > 0) await insertRows(client, name, spool, columns);
    });
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code !== DEPENDENT_OBJECTS && code !== WRONG_OBJECT) throw error;
    const { message, detail } = error as { message: string; detail?: string };
    throw new CliError(`${SCHEMA}.${name} cannot be replaced: ${message}.`, exitCode.refused, detail?.split('\n'));
  }
}

async function insertRows(client: PoolClient, name: string, spool: Spool, columns: string): Promise<void> {
  const names = spool.columns.map((column: Column) => quoted(column.name)).join(', ');
  const insert = (rows: object[]) =>
    client.query(
      `insert into ${SCHEMA}.${quoted(name)} (${names}) select ${names} from json_to_recordset($1) as given (${columns})`,
      [JSON.stringify(rows)],
    );
  let waiting: object[] = [];
  for await (const row of spool.rows()) {
    waiting.push(row);
    if (waiting.length < ROWS_A_STATEMENT) continue;
    await insert(waiting);
    waiting = [];
  }
  await insert(waiting);
}
