import type { ClientBase, Pool } from 'pg';
import { type Entity, tableOf } from './entity.js';

/**
 * Makes the bare table of an entity under a name of its own: it is filled fastest without keys and indexes. Nothing is
 * found by a whole JSON document, and to analyse documents takes longer than all else: the planner is told nothing of them.
 */
export async function createTable(client: ClientBase | Pool, entity: Entity, tableName: string): Promise<void> {
  const { columns } = tableOf(entity);
  const declared = columns.map(({ column, type, nullable }) => `${column} ${type}${nullable ? '' : ' not null'}`);
  await client.query(`create table ${tableName} (${declared.join(', ')})`);
  const documents = columns.filter(({ type }) => type.startsWith('json'));
  if (documents.length === 0) return;
  const unseen = documents.map(({ column }) => `alter column ${column} set statistics 0`);
  await client.query(`alter table ${tableName} ${unseen.join(', ')}`);
}

/** Makes primary key and indexes. @param more statements for what the decorators cannot say. */
export async function createIndexes(
  client: ClientBase | Pool,
  entity: Entity,
  tableName: string,
  more: readonly string[] = [],
): Promise<void> {
  for (const statement of indexStatements(entity, tableName, more)) await client.query(statement);
}

/**
 * What makes primary key and indexes. PostgreSQL chooses their names: the same entity has several tables, which are renamed.
 * @param more statements for what the decorators cannot say.
 */
export function indexStatements(entity: Entity, tableName: string, more: readonly string[] = []): string[] {
  const { key, indexes } = tableOf(entity);
  const declared = indexes.map(({ columns, method, where }) => {
    const only = where === undefined ? '' : ` where ${where}`;
    return `create index on ${tableName} using ${method} (${columns.join(', ')})${only}`;
  });
  return [`alter table ${tableName} add primary key (${key.column})`, ...declared, ...more];
}
