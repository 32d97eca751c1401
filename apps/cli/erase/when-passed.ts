import type { Pool } from 'pg';
import { policies } from '#policies/policies.js';
import { waitForPosition } from '#processing/checkpoint-status.js';
import { CheckpointWatch, Lagging } from '#processing/checkpoint-watch.js';
import { CliError, exitCode } from '../exit.js';

/** Views are at the head of the store within seconds, unless something is wrong. */
const PATIENCE_MS = 60_000;

/**
 * Waits until every view, each build of it included, has passed an erasure and what policies made of it.
 * @throws CliError where one of them does not get there.
 */
export async function whenPassed(pool: Pool, databaseUrl: string, position: bigint): Promise<void> {
  const watch = new CheckpointWatch(databaseUrl);
  await watch.start();
  try {
    const names = policies.map(({ name }) => name);
    const settled = await waitForPosition(pool, watch, names, position, PATIENCE_MS);
    const views = await viewsIn(pool);
    await waitForPosition(pool, watch, views, settled, PATIENCE_MS);
  } catch (error) {
    if (!(error instanceof Lagging)) throw error;
    throw new CliError(
      `The customer is erased, but PostgreSQL's files still hold their data: ${error.message} Run the same command again when \`rapport status\` shows that it has.`,
      exitCode.unreachable,
    );
  } finally {
    await watch.close();
  }
}

async function viewsIn(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>('select distinct processor as name from views.checkpoints');
  return rows.map(({ name }) => name);
}
