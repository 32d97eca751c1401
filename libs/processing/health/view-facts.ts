import type { Pool } from 'pg';
import { type Build, processorOf } from '../builds/build.js';
import { isRebuilt } from '../rebuild/rebuild-lock.js';

/** What the database tells of views, whoever feeds them. */
export interface ViewFacts {
  /** How many keys are parked, by processor; none is left out. */
  parked: ReadonlyMap<string, number>;
  /** The processors of builds besides the live ones, and of those the ones that are not ready. */
  builds: readonly string[];
  building: ReadonlyMap<string, Making>;
}

/** Of a build that is not ready: it is being made, or whoever made it is gone. */
export type Making = 'rebuilding' | 'abandoned';

export const NO_FACTS: ViewFacts = { parked: new Map(), builds: [], building: new Map() };

/** Asks for all of it at once. */
export async function viewFacts(pool: Pool): Promise<ViewFacts> {
  const { rows } = await pool.query<{
    parked: Record<string, number>;
    builds: { projection: string; build: Build; making: Making | null }[];
  }>({
    name: 'view facts',
    text: `
      select (select coalesce(json_object_agg(processor, keys), '{}') from (
                select processor, count(distinct key) as keys from views.parked group by processor) as p) as parked,
             (select coalesce(json_agg(b), '[]') from (
                select projection, build,
                       case when state = 'building' then
                         case when ${isRebuilt('projection')} then 'rebuilding' else 'abandoned' end
                       end as making
                  from views.builds where build <> 'live'
                 order by projection, build) as b) as builds`,
  });
  const { parked, builds } = rows[0]!;
  const named = builds.map(({ projection, build, making }) => ({ name: processorOf(projection, build), making }));
  return {
    parked: new Map(Object.entries(parked)),
    builds: named.map(({ name }) => name),
    building: new Map(named.flatMap(({ name, making }) => (making === null ? [] : [[name, making] as const]))),
  };
}
