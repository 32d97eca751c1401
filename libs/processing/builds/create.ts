import type { ClientBase, Pool } from 'pg';
import { type Entity, tableOf } from '#platform/database/entity.js';
import { createIndexes, createTable } from '#platform/database/tables.js';
import { type Projection, segmentCount } from '../projection.js';
import { type Build, type BuildRow, processorOf, tableOfBuild } from './build.js';

/** A table of a projection: of its rows, or of its listing. */
export interface BuiltTable {
  entity: Entity;
  /** In full, of the build. */
  name: string;
  indexes: readonly string[];
}

/**
 * Makes the tables of a build and the rows that say that it is there and stands at the beginning. To be run in a
 * transaction.
 * @param state `building`: without keys and indexes, which `indexBuild` makes when the tables are filled.
 */
export async function createBuild(
  client: ClientBase,
  projection: Projection<object>,
  build: Build,
  state: BuildRow['state'],
): Promise<void> {
  for (const { entity, name } of tablesOf(projection, build)) {
    // What is left of a build that nobody knows of any more.
    await client.query(`drop table if exists ${name}`);
    await createTable(client, entity, name);
  }
  if (state === 'ready') await indexBuild(client, projection, build);
  await recordBuild(client, projection, build, state);
}

/** Makes the keys and indexes of a build's tables. */
export async function indexBuild(client: ClientBase, projection: Projection<object>, build: Build): Promise<void> {
  for (const { entity, name, indexes } of tablesOf(projection, build)) {
    await createIndexes(client, entity, name, indexes);
  }
}

/** Records that the tables of a build are there, and that all of its segments stand at the beginning. */
export async function recordBuild(
  client: ClientBase | Pool,
  projection: Projection<object>,
  build: Build,
  state: BuildRow['state'],
): Promise<void> {
  const tables = tablesOf(projection, 'live').map(({ entity }) => tableOf(entity).name);
  await client.query(
    'insert into views.builds (projection, build, version, state, tables) values ($1, $2, $3, $4, $5)',
    [projection.name, build, projection.version, state, tables],
  );
  await client.query(
    `insert into views.checkpoints (processor, segment, epoch)
     select $1, segment, nextval('views.epochs') from generate_series(0, $2 - 1) as segment`,
    [processorOf(projection.name, build), segmentCount(projection)],
  );
}

/** From now on the workers feed it. */
export async function declareReady(client: ClientBase, projection: string, build: Build): Promise<void> {
  await client.query("update views.builds set state = 'ready' where projection = $1 and build = $2", [
    projection,
    build,
  ]);
}

/** Drops a build and all that is known of it; nothing where there is none. To be run in a transaction. */
export async function dropBuild(client: ClientBase, projection: string, build: Build): Promise<void> {
  const { rows } = await client.query<{ tables: string[] }>(
    'delete from views.builds where projection = $1 and build = $2 returning tables',
    [projection, build],
  );
  // First, because its feed takes them first too.
  const processor = processorOf(projection, build);
  await client.query('select from views.checkpoints where processor = $1 order by segment for update', [processor]);
  for (const table of ['checkpoints', 'parked', 'dropped']) {
    await client.query(`delete from views.${table} where processor = $1`, [processor]);
  }
  for (const table of rows[0]?.tables ?? []) {
    await client.query(`drop table if exists ${tableOfBuild(`views.${table}`, build)}`);
  }
}

/** The tables of a build. */
export function tablesOf({ table, indexes, listing }: Projection<object>, build: Build): BuiltTable[] {
  const built = (entity: Entity, more: ((table: string) => string[]) | undefined) => {
    const { schema, name } = tableOf(entity);
    const full = tableOfBuild(`${schema}.${name}`, build);
    return { entity, name: full, indexes: more?.(full) ?? [] };
  };
  return [built(table, indexes), ...(listing ? [built(listing.table, listing.indexes)] : [])];
}
