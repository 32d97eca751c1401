import type { Pool } from 'pg';
import type { CheckpointWatch } from './checkpoint-watch.js';

export interface ProcessorPosition {
  name: string;
  /** Of its last segment; undefined: nothing processed yet. */
  position: bigint | undefined;
  /** Of a policy: the last event that it appended. */
  appended: bigint | undefined;
  updatedAt: string;
}

/** Where every processor stands, projections first. */
export async function processorPositions(pool: Pool): Promise<ProcessorPosition[]> {
  const { rows } = await pool.query<{
    name: string;
    position: number | null;
    appended: number | null;
    updatedAt: string;
  }>(
    `select processor as name, case when bool_and(position is not null) then min(position) end as position,
            max(appended_position) as appended, max(updated_at) as "updatedAt"
       from views.checkpoints group by processor
     union all
     select processor, position, appended_position, updated_at from ops.checkpoints`,
  );
  return rows.map(({ name, position, appended, updatedAt }) => ({
    name,
    position: toBigInt(position),
    appended: toBigInt(appended),
    updatedAt,
  }));
}

/** Where the last segment of some views stands; undefined: one of them is at the beginning. */
export async function lowestCheckpoint(pool: Pool, views: readonly string[]): Promise<bigint | undefined> {
  const { rows } = await pool.query<{ position: number | null }>(
    `select case when bool_and(position is not null) then min(position) end as position
       from views.checkpoints where processor = any($1)`,
    [views],
  );
  return toBigInt(rows[0]!.position);
}

/**
 * Waits until the processors have passed a position.
 * @returns the furthest position that any of them appended itself, so that a caller can wait for that too.
 * @throws Lagging
 */
export async function waitForPosition(
  pool: Pool,
  watch: CheckpointWatch,
  processors: string[],
  position: bigint,
  timeoutMs: number,
): Promise<bigint> {
  return watch.until(processors, position, timeoutMs, async () => {
    const all = await processorPositions(pool);
    const asked = processors.map((name) => all.find((processor) => processor.name === name));
    if (!asked.every((processor) => processor?.position !== undefined && processor.position >= position)) {
      return undefined;
    }
    return asked.reduce((last, processor) => max(last, processor?.appended ?? position), position);
  });
}

function toBigInt(position: number | null): bigint | undefined {
  return position === null ? undefined : BigInt(position);
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
