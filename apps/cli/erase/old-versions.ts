import type { Pool } from 'pg';

/** Each table anew: PostgreSQL leaves old versions of rows in its files, and overwrites them whenever it needs the room. */
const REWRITE_TABLES = `
  select format('vacuum (full, analyze) %I.%I', schemaname, tablename) from pg_tables
   where schemaname in ('views', 'ops')`;

/** The statistics hold values of columns: those of before, once the tables were looked at anew. */
const REWRITE_STATISTICS = 'vacuum (full) pg_catalog.pg_statistic';

/** From here on no part of the write-ahead log is needed that was written before. */
const BEGIN_NEW_LOG = ['select pg_switch_wal()', 'checkpoint'];

/** Old parts of it are kept to be written over: the one that is written to is ended, and each of those, with what is nothing. */
const OVERWRITE_OLD_LOG = `
  select 'select pg_logical_emit_message(false, '''', ''''), pg_switch_wal()' from pg_ls_waldir()
   where name ~ '^[0-9A-F]{24}$' and name >= pg_walfile_name(pg_current_wal_lsn())`;

/** The statements in their order; those that are `generated` select statements to be run. docs/operations.md has the same. */
export const REMOVE_OLD_VERSIONS: readonly { sql: string; generated: boolean }[] = [
  { sql: REWRITE_TABLES, generated: true },
  { sql: REWRITE_STATISTICS, generated: false },
  ...BEGIN_NEW_LOG.map((sql) => ({ sql, generated: false })),
  { sql: OVERWRITE_OLD_LOG, generated: true },
];

/**
 * Removes what is in no row any more from PostgreSQL's own files: old versions of rows, statistics, the write-ahead log.
 * Whoever reads or writes a table waits while it is rewritten. Takes a superuser.
 */
export async function removeOldVersions(pool: Pool): Promise<void> {
  for (const { sql, generated } of REMOVE_OLD_VERSIONS) {
    if (!generated) await pool.query(sql);
    else for (const statement of await generatedBy(pool, sql)) await pool.query(statement);
  }
}

async function generatedBy(pool: Pool, sql: string): Promise<string[]> {
  const { rows } = await pool.query<[string]>({ text: sql, rowMode: 'array' });
  return rows.map(([statement]) => statement);
}
