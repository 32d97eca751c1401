import type { Pool } from 'pg';
import { inTransaction } from '#platform/database/pool.js';
import { findBuild, findBuilds } from '../builds/build.js';
import { dropBuild } from '../builds/create.js';
import { keepRebuildsAway } from './rebuild-lock.js';

/**
 * Drops the builds that nobody makes any more, because whoever did was ended.
 * @returns of which views.
 */
export async function dropAbandonedBuilds(pool: Pool): Promise<string[]> {
  const dropped: string[] = [];
  for (const { projection, state } of await findBuilds(pool)) {
    if (state !== 'building') continue;
    await inTransaction(pool, async (client) => {
      if (!(await keepRebuildsAway(client, projection))) return;
      // Whoever had the lock until now may have made it ready.
      if ((await findBuild(client, projection, 'next'))?.state !== 'building') return;
      await dropBuild(client, projection, 'next');
      dropped.push(projection);
    });
  }
  return dropped;
}
