import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { isServerAway } from '#platform/server-away.js';
import { policies } from '#policies/policies.js';
import { processorPositions, waitForPosition } from '#processing/checkpoint-status.js';
import { type CheckpointWatch, Lagging } from '#processing/checkpoint-watch.js';
import { TIMERS } from '#processing/timers.js';
import { projectionNames } from '#read-models/projections.js';
import { CliError, exitCode } from '../exit.js';
import type { SettlingProgress } from './import-target.js';

const LOOK_EVERY_MS = 1_000;
/** A processor that does not move for so long will not. */
const STUCK_MS = 60_000;

/**
 * Waits until the policies and the timers have passed a position, and the projections and the publisher what they appended.
 * @throws CliError (exit code 3) when one of them does not move any more.
 */
export async function settle(
  pool: Pool,
  watch: CheckpointWatch,
  position: bigint,
  onProgress: (progress: SettlingProgress) => void,
): Promise<void> {
  const deciding = [...policies.map(({ name }) => name), TIMERS];
  const appended = await waitPatiently(pool, watch, deciding, position, onProgress);
  await waitPatiently(pool, watch, [...projectionNames, 'publisher'], appended, onProgress);
}

async function waitPatiently(
  pool: Pool,
  watch: CheckpointWatch,
  names: string[],
  position: bigint,
  onProgress: (progress: SettlingProgress) => void,
): Promise<bigint> {
  let before = '';
  let movedAt = performance.now();
  while (true) {
    try {
      return await waitForPosition(pool, watch, names, position, LOOK_EVERY_MS);
    } catch (error) {
      if (!(error instanceof Lagging) && !isServerAway(error)) throw error;
    }
    const now = await whoIsBehind(pool, names, position);
    onProgress({ text: `waiting for ${now || names.join(', ')}` });
    if (now !== before) movedAt = performance.now();
    before = now;
    if (performance.now() - movedAt > STUCK_MS) {
      throw new CliError(`Everything is recorded, but the processing does not move: ${now}.`, exitCode.unreachable, [
        '`rapport status` tells why.',
      ]);
    }
  }
}

/** For a person. A database that is being started again says nothing, and is waited for like a processor. */
async function whoIsBehind(pool: Pool, names: string[], position: bigint): Promise<string> {
  try {
    return (await processorPositions(pool))
      .filter(({ name, position: at }) => names.includes(name) && (at ?? 0n) < position)
      .map(({ name, position: at }) => `${name} at ${at ?? 'the beginning'} of ${position}`)
      .join(', ');
  } catch (error) {
    if (!isServerAway(error)) throw error;
    await sleep(LOOK_EVERY_MS);
    return 'the database';
  }
}
