import type { Pool } from 'pg';
import { newId } from '#contracts/ids.js';
import { createPool } from '#platform/database/pool.js';
import { prepareViews } from '#processing/builds/prepare-views.js';
import { NotPromoted } from '#processing/builds/promote.js';
import { OtherHistory } from '#processing/other-history.js';
import type { Projection } from '#processing/projection.js';
import { NotCompared } from '#processing/rebuild/compare.js';
import { NotRebuilt } from '#processing/rebuild/not-rebuilt.js';
import type { RebuildParts } from '#processing/rebuild/rebuild.js';
import { RebuildRunning } from '#processing/rebuild/rebuild-lock.js';
import { projectionNames, projections } from '#read-models/projections.js';
import { openSystem } from '../connected.js';
import type { Context } from '../context.js';
import { CliError, exitCode } from '../exit.js';
import { connectionsFor } from '../running.js';
import { startFoldThread } from './start-fold-thread.js';

const REFUSALS = [NotPromoted, NotCompared, NotRebuilt, RebuildRunning, OtherHistory];

/** Every version of a name that this program knows, the latest first. @throws CliError for an unknown name. */
export function versionsOf(name: string): Projection<object>[] {
  const versions = projections.filter((projection) => projection.name === name);
  if (versions.length > 0) return versions;
  throw new CliError(`There is no projection ${name}. There are: ${projectionNames.join(', ')}.`, exitCode.usage);
}

/** With event store, keys of personal data and database: what it takes to fold events. */
export async function withSystem<T>(context: Context, work: (parts: RebuildParts) => Promise<T>): Promise<T> {
  const { store, pool, databaseUrl, masterKey, close } = await openSystem(context);
  try {
    await prepareViews(databaseUrl, projections);
    const startThread = (views: readonly Projection<object>[]) => startFoldThread(views, { databaseUrl, masterKey });
    return await asCliError(async () => {
      return work({ store, pool, databaseUrl, storeId: await store.storeId(newId()), startThread });
    });
  } finally {
    await close();
  }
}

/** With the database alone. */
export async function withViews<T>(
  context: Context,
  work: (pool: Pool, databaseUrl: string) => Promise<T>,
): Promise<T> {
  const { databaseUrl } = connectionsFor(context, 'databaseUrl');
  await prepareViews(databaseUrl, projections);
  const pool = createPool(databaseUrl);
  try {
    return await asCliError(() => work(pool, databaseUrl));
  } finally {
    await pool.end();
  }
}

/** What a user can act on is told in one line. */
async function asCliError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (REFUSALS.some((refusal) => error instanceof refusal)) {
      throw new CliError((error as Error).message, exitCode.refused);
    }
    throw error;
  }
}
