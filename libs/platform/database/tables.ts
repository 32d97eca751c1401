import type { ClientBase, Pool } from 'pg';
import { type Entity, tableOf } from './entity.js';

/** Makes the bare table of an entity under a name of its own: it is filled fastest without keys and indexes. */
export async function createTable(client: ClientBase | Pool, entity: Entity, tableName: string): Promise<void> {
  const columns = tableOf(entity).columns.map(({ column, type, nullable }) => {
    return `${column} ${type}${nullable ? '' : ' not null'}`;
  });
  await client.query(`create table ${tableName} (${columns.join(', ')})`);
}

/**
 * Makes primary key and indexes. PostgreSQL chooses their names: the same entity has several tables, which are renamed.
 * @param more statements for what the decorators cannot say.
 */
export async function createIndexes(
  client: ClientBase | Pool,
  entity: Entity,
  tableName: string,
  more: readonly string[] = [],
): Promise<void> {
  const { key, indexes } = tableOf(entity);
  await client.query(`alter table ${tableName} add primary key (${key.column})`);
  for (const { columns, method, where } of indexes) {
    const only = where === undefined ? '' : ` where ${where}`;
    await client.query(`create index on ${tableName} using ${method} (${columns.join(', ')})${only}`);
  }
  for (const statement of more) await client.query(statement);
}
