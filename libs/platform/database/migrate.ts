import 'reflect-metadata';
import { DataSource } from 'typeorm';
import {
  CreateOps1795305600000,
  KeysAndErasure1795392000000,
  Published1795564800000,
  RefusedCommands1795478400000,
} from './ops.migrations.js';

/** An arbitrary number that only has to be the same in every process: who holds it migrates. */
const MIGRATION_LOCK = 72_777_678;

/** Brings schema `ops` up to date by migrations. Any number of processes may call it at once. */
export async function prepareDatabase(url: string): Promise<void> {
  const source = new DataSource({
    type: 'postgres',
    url,
    schema: 'ops',
    migrations: [
      CreateOps1795305600000,
      KeysAndErasure1795392000000,
      RefusedCommands1795478400000,
      Published1795564800000,
    ],
    migrationsTableName: 'migrations',
  });
  await source.initialize();
  const runner = source.createQueryRunner();
  try {
    await runner.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await runner.query('create schema if not exists ops');
    await source.runMigrations({ transaction: 'each' });
  } finally {
    await runner.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => {});
    await runner.release();
    await source.destroy();
  }
}
