import 'reflect-metadata';
import { DataSource, type EntitySchema, Table } from 'typeorm';
import { SnakeCaseNames } from './naming.js';
import { CreateOps1795305600000, KeysAndErasure1795392000000 } from './ops.migrations.js';

/** An arbitrary number that only has to be the same in every process: who holds it migrates. */
const MIGRATION_LOCK = 72_777_678;

/**
 * Brings schema `ops` up to date by migrations and makes every table of schema `views` that is missing. Any number
 * of processes may call it at once.
 * @param views the entities of the read models; their tables are derived and may be dropped at any time.
 * @param indexes statements that make what the entities cannot say, and do nothing where it is there.
 */
export async function prepareDatabase(
  url: string,
  views: (new () => object)[] | EntitySchema[],
  indexes: readonly string[] = [],
): Promise<void> {
  const source = new DataSource({
    type: 'postgres',
    url,
    schema: 'ops',
    entities: views,
    migrations: [CreateOps1795305600000, KeysAndErasure1795392000000],
    migrationsTableName: 'migrations',
    namingStrategy: new SnakeCaseNames(),
  });
  await source.initialize();
  const runner = source.createQueryRunner();
  try {
    await runner.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await runner.query('create schema if not exists ops');
    await runner.query('create schema if not exists views');
    await source.runMigrations({ transaction: 'each' });
    for (const metadata of source.entityMetadatas) {
      if (await runner.hasTable(metadata.tablePath)) continue;
      await runner.createTable(Table.create(metadata, source.driver), true, true, true);
    }
    for (const index of indexes) await runner.query(index);
  } finally {
    await runner.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => {});
    await runner.release();
    await source.destroy();
  }
}
