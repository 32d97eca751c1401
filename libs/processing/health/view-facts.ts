import type { Pool } from 'pg';
import { type Build, processorOf } from '../builds/build.js';

/** What the database tells of views, whoever feeds them. */
export interface ViewFacts {
  /** How many keys are parked, by processor; none is left out. */
  parked: ReadonlyMap<string, number>;
  /** The processors of builds besides the live ones, and of those the ones that are being made. */
  builds: readonly string[];
  building: ReadonlySet<string>;
}

export const NO_FACTS: ViewFacts = { parked: new Map(), builds: [], building: new Set() };

/** Asks for all of it at once. */
export async function viewFacts(pool: Pool): Promise<ViewFacts> {
  const { rows } = await pool.query<{
    parked: Record<string, number>;
    builds: { projection: string; build: Build; state: string }[];
  }>({
    name: 'view facts',
    text: `
      select (select coalesce(json_object_agg(processor, keys), '{}') from (
                select processor, count(distinct key) as keys from views.parked group by processor) as p) as parked,
             (select coalesce(json_agg(b), '[]') from (
                select projection, build, state from views.builds where build <> 'live'
                 order by projection, build) as b) as builds`,
  });
  const { parked, builds } = rows[0]!;
  const named = builds.map(({ projection, build, state }) => ({ name: processorOf(projection, build), state }));
  return {
    parked: new Map(Object.entries(parked)),
    builds: named.map(({ name }) => name),
    building: new Set(named.filter(({ state }) => state === 'building').map(({ name }) => name)),
  };
}
