import type { ClientBase } from 'pg';
import { tableOf } from '#platform/database/entity.js';
import { createClient } from '#platform/database/pool.js';
import { indexStatements } from '#platform/database/tables.js';
import { type BuiltTable, tablesOf } from '../builds/create.js';
import { isOverLimit } from '../parking/row-writer.js';
import type { Projection } from '../projection.js';
import { NotRebuilt } from './not-rebuilt.js';

/** For building indexes: the default is for many sessions at once, and this is one. */
const INDEX_MEMORY = '256MB';

/**
 * Makes the indexes of the filled tables of build `next`, and tells the planner what is in them.
 * @param refused keys whose rows may be in one of the tables, and belong in none.
 * @throws NotRebuilt where an index cannot hold what stands in a row: which row, PostgreSQL does not tell.
 */
export async function indexView(
  databaseUrl: string,
  projection: Projection<object>,
  refused: readonly string[],
): Promise<void> {
  await Promise.all(tablesOf(projection, 'next').map((table) => indexTable(databaseUrl, table, refused)));
}

async function indexTable(
  databaseUrl: string,
  { entity, name, indexes }: BuiltTable,
  refused: readonly string[],
): Promise<void> {
  const client = createClient(databaseUrl);
  // A connection that breaks is told by the query that waits for it.
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query(`set synchronous_commit = off; set maintenance_work_mem = '${INDEX_MEMORY}'`);
    if (refused.length > 0) {
      await client.query(`delete from ${name} where ${tableOf(entity).key.column}::text = any($1)`, [refused]);
    }
    for (const statement of indexStatements(entity, name, indexes)) await makeIndex(client, statement);
    await client.query(`analyze ${name}`);
  } finally {
    await client.end();
  }
}

async function makeIndex(client: ClientBase, statement: string): Promise<void> {
  try {
    await client.query(statement);
  } catch (error) {
    if (!isOverLimit(error)) throw error;
    throw new NotRebuilt(`PostgreSQL cannot make an index: ${(error as Error).message} (\`${statement}\`)`);
  }
}
