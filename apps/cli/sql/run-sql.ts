import { createReadStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { DuckDBConnection, DuckDBResultReader } from '@duckdb/node-api';
import type { PersonalDataCipher } from '#event-store/personal-data-cipher.js';
import { EXPORT_COLUMNS } from '../events/export-columns.js';
import { CliError, exitCode } from '../exit.js';
import type { Column, Row } from '../results/columns.js';
import { type Destination, MOST_PRINTED, type Notice, printed, writeTexts } from '../results/destination.js';
import { literal, rowsIn, withDuckDb } from '../results/duckdb.js';
import { Spool } from '../results/spool.js';
import { openPersonalData } from './opened-data.js';

/** What `rapport sql` was called with. */
export interface Query {
  sql: string;
  /** The folder of an export. */
  folder: string;
  /** Opens personal data; left out: they stay sealed. */
  cipher?: PersonalDataCipher;
  destination: Destination;
}

/** Asks an export, whose events are the view `events`, and writes the answer. @throws CliError */
export async function runSql({ sql, folder, cipher, destination }: Query, notice: Notice): Promise<void> {
  if (!existsSync(folder)) throw new CliError(`There is no export in ${folder}.`, exitCode.usage);
  await withDuckDb(async (connection) => {
    await viewEvents(connection, folder);
    if (cipher) await openPersonalData(connection, cipher);
    const query = sql.trim().replace(/;+$/, '');
    if (destination.format === 'table') await print(connection, query, destination, notice);
    else await copy(connection, query, destination);
  });
}

async function viewEvents(connection: DuckDBConnection, folder: string): Promise<void> {
  const files = join(resolve(folder), '**', '*.parquet');
  try {
    await connection.run(
      `create view events as select * from read_parquet(${literal(files)}, hive_partitioning = true, hive_types = {'recorded_month': 'VARCHAR'})`,
    );
  } catch (error) {
    if (!/No files found/.test((error as Error).message)) throw error;
    await viewNothing(connection);
  }
}

/** An export of no events has no files. */
async function viewNothing(connection: DuckDBConnection): Promise<void> {
  const spool = new Spool();
  try {
    await spool.end();
    await connection.run(
      `create table events as select *, null::varchar as recorded_month from ${rowsIn(spool.file, EXPORT_COLUMNS)}`,
    );
  } finally {
    spool.remove();
  }
}

async function print(connection: DuckDBConnection, sql: string, destination: Destination, notice: Notice) {
  // One more than are shown tells that there are more; how many, only all of them could tell.
  const reader = await asked(() => connection.streamAndReadUntil(sql, MOST_PRINTED + 1));
  const { columns, rows } = shownIn(reader);
  const texts = async function* () {
    yield* printed(columns, rows.slice(0, MOST_PRINTED), rows.length > MOST_PRINTED ? 'some' : undefined, notice);
  };
  await writeTexts(texts(), destination);
}

function shownIn(reader: DuckDBResultReader): { columns: Column[]; rows: Row[] } {
  const columns = reader.deduplicatedColumnNames().map((name, at): Column => {
    return { name, type: NUMBER.test(String(reader.columnType(at))) ? 'number' : 'text' };
  });
  return { columns, rows: reader.getRowObjectsJson() as Row[] };
}

const NUMBER = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DOUBLE|FLOAT|DECIMAL.*)$/;
const OPTIONS = { csv: 'format csv, header', json: 'format json', parquet: 'format parquet, compression zstd' };

async function copy(connection: DuckDBConnection, sql: string, destination: Destination) {
  const folder = mkdtempSync(join(tmpdir(), 'rapport-sql-'));
  const file = join(folder, 'result');
  const options = OPTIONS[destination.format as keyof typeof OPTIONS];
  try {
    await asked(() => connection.run(`copy (${sql}\n) to ${literal(file)} (${options})`));
    await writeTexts(createReadStream(file), destination);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @throws CliError where the SQL is refused. */
async function asked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const [first = '', ...more] = (error as Error).message.split('\n').filter((line) => line.trim() !== '');
    throw new CliError(first, exitCode.usage, more);
  }
}
