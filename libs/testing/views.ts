import type { Pool } from 'pg';

/** As if these views had seen nothing yet. */
export async function emptyViews(pool: Pool, ...names: string[]): Promise<void> {
  const { rows } = await pool.query<{ tables: string[] }>(
    "select tables from views.builds where build = 'live' and projection = any($1)",
    [names],
  );
  await pool.query(`truncate ${rows.flatMap(({ tables }) => tables.map((table) => `views.${table}`)).join(', ')}`);
  await pool.query('update views.checkpoints set position = null where processor = any($1)', [names]);
}

/** As if these views had seen everything up to a position, and found nothing in it. */
export async function passViews(pool: Pool, position: bigint, ...names: string[]): Promise<void> {
  await pool.query('update views.checkpoints set position = $1 where processor = any($2)', [String(position), names]);
}
