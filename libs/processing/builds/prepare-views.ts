import { createClient } from '#platform/database/pool.js';
import { latestVersions, type Projection } from '../projection.js';
import { type BuildRow, findBuild } from './build.js';
import { createBuild, dropBuild } from './create.js';
import { createViewsSchema } from './views-schema.js';

/** An arbitrary number that only has to be the same in every process: who holds it makes what is missing. */
const VIEWS_LOCK = 72_777_679;

/**
 * Makes what is missing of schema `views`: of each name that has no live build, one of its latest version, empty, which
 * the workers fill from the beginning. Any number of processes may call it at once.
 */
export async function prepareViews(url: string, projections: readonly Projection<object>[]): Promise<void> {
  const client = createClient(url);
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [VIEWS_LOCK]);
    await createViewsSchema(client);
    for (const projection of latestVersions(projections)) {
      const live = await findBuild(client, projection.name, 'live');
      if (live !== undefined && (await hasTables(live))) continue;
      await dropBuild(client, projection.name, 'live');
      await createBuild(client, projection, 'live', 'ready');
    }
    await client.query('commit');
  } finally {
    await client.end();
  }

  async function hasTables({ tables }: BuildRow): Promise<boolean> {
    const { rows } = await client.query<{ all: boolean }>(
      "select bool_and(to_regclass('views.' || name) is not null) as all from unnest($1::text[]) as name",
      [tables],
    );
    return rows[0]!.all;
  }
}
