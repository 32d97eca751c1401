import type { DuckDBConnection } from '@duckdb/node-api';
import type { Column, ColumnType } from './columns.js';

/** Opens a database in memory, for one piece of work. It loads nothing from the network. */
export async function withDuckDb<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  // Only here: loading it takes longer than most commands run.
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', { autoinstall_known_extensions: 'false' });
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const TYPES: Record<ColumnType, string> = {
  integer: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  text: 'VARCHAR',
  // In UTC: its functions for other zones come with an extension from the network.
  instant: 'TIMESTAMP',
  json: 'JSON',
};

/** SQL for the rows of a spool. */
export function rowsIn(file: string, columns: readonly Column[]): string {
  const types = columns.map(({ name, type }) => `${literal(name)}: ${literal(TYPES[type])}`).join(', ');
  return `read_json(${literal(file)}, format = 'newline_delimited', columns = {${types}}, maximum_object_size = 67108864)`;
}

/** Writes the rows of a spool as Parquet. */
export async function writeParquet(
  connection: DuckDBConnection,
  spool: { file: string; columns: readonly Column[] },
  target: string,
): Promise<void> {
  const columns = spool.columns.map(({ name }) => quoted(name)).join(', ');
  await connection.run(
    `copy (select ${columns} from ${rowsIn(spool.file, spool.columns)}) to ${literal(target)} (format parquet, compression zstd)`,
  );
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
