import type { Pool } from 'pg';
import { CheckpointWatch } from '#processing/checkpoint-watch.js';
import type { Context } from '../context.js';
import { withViews } from './views.js';

/** With the database, and an ear for the checkpoints that move in it. */
export function withWatch<T>(context: Context, work: (pool: Pool, watch: CheckpointWatch) => Promise<T>): Promise<T> {
  return withViews(context, async (pool, databaseUrl) => {
    const watch = new CheckpointWatch(databaseUrl);
    await watch.start();
    try {
      return await work(pool, watch);
    } finally {
      await watch.close();
    }
  });
}
