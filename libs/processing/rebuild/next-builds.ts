import type { ClientBase, Pool } from 'pg';
import { inTransaction } from '#platform/database/pool.js';
import { findBuild } from '../builds/build.js';
import { createBuild, dropBuild, tablesOf } from '../builds/create.js';
import type { Projection } from '../projection.js';
import { NotRebuilt } from './not-rebuilt.js';

/** Makes the bare tables of builds `next`. What an ended rebuild left is dropped. @throws NotRebuilt where one is ready. */
export async function beginBuilds(client: ClientBase, projections: readonly Projection<object>[]): Promise<void> {
  for (const projection of projections) {
    const { name } = projection;
    const next = await findBuild(client, name, 'next');
    if (next?.state === 'ready') {
      throw new NotRebuilt(`A next build of ${name} (version ${next.version}) is ready: promote it, or drop it first.`);
    }
    await dropBuild(client, name, 'next');
    await createBuild(client, projection, 'next', 'building');
  }
}

/** Drops builds `next`. */
export async function dropBuilds(projections: readonly Projection<object>[], pool: Pool): Promise<void> {
  await inTransaction(pool, async (client) => {
    for (const { name } of projections) await dropBuild(client, name, 'next');
  });
}

/** Ends the connections that are filling or indexing the tables: an index may take minutes, and hears nothing meanwhile. Nobody else's. */
export async function endWorkOn(projections: readonly Projection<object>[], pool: Pool): Promise<void> {
  await pool.query(
    `select pg_terminate_backend(pid) from pg_locks join pg_stat_activity using (pid)
      where locktype = 'relation' and pid <> pg_backend_pid() and relation = any(
        select to_regclass(name) from unnest($1::text[]) as name)
        and backend_type = 'client backend' and usename = current_user
        and database = (select oid from pg_database where datname = current_database())`,
    [projections.flatMap((projection) => tablesOf(projection, 'next').map(({ name }) => name))],
  );
}
