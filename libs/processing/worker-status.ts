import type { ClientBase, Pool } from 'pg';

/** A worker tells of itself every second: one that missed three is taken for dead. */
export const SEEN_WITHIN = '3 seconds';

/**
 * What the workers say of their processors: `running`, `standby`, `opening`, or `retrying: why` and `stopped: why`. Of
 * several workers one runs a processor and the others stand by: it counts as running.
 */
export async function processorStates(pool: Pool | ClientBase): Promise<Map<string, string>> {
  const { rows } = await pool.query<{ name: string; state: string; error: string | null }>(
    `select p ->> 'name' as name, p ->> 'state' as state, p ->> 'error' as error
       from ops.workers, jsonb_array_elements(processors) as p
      where seen_at > now() - $1::interval`,
    [SEEN_WITHIN],
  );
  const states = new Map<string, string>();
  for (const { name, state, error } of rows) {
    if (states.get(name) !== 'running') states.set(name, error === null ? state : `${state}: ${error}`);
  }
  return states;
}
