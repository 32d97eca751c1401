import type { Pool } from 'pg';
import { policies } from '#policies/policies.js';
import { processorPositions, waitForPosition } from '#processing/checkpoint-status.js';
import { type CheckpointWatch, Lagging } from '#processing/checkpoint-watch.js';
import { processorNames } from '#read-models/projections.js';
import { CliError, exitCode } from '../exit.js';
import type { SettlingProgress } from './import-target.js';

const LOOK_EVERY_MS = 1_000;
/** A processor that does not move for so long will not. */
const STUCK_MS = 60_000;

/**
 * Waits until the policies have passed a position, and the projections and the publisher what the policies appended.
 * @throws CliError (exit code 3) when one of them does not move any more.
 */
export async function settle(
  pool: Pool,
  watch: CheckpointWatch,
  position: bigint,
  onProgress: (progress: SettlingProgress) => void,
): Promise<void> {
  const policyNames = policies.map(({ name }) => name);
  const appended = await waitPatiently(pool, watch, policyNames, position, onProgress);
  await waitPatiently(pool, watch, [...processorNames, 'publisher'], appended, onProgress);
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
      if (!(error instanceof Lagging)) throw error;
    }
    const behind = (await processorPositions(pool)).filter(
      ({ name, position: at }) => names.includes(name) && (at ?? 0n) < position,
    );
    const now = behind.map(({ name, position: at }) => `${name} at ${at ?? 'the beginning'} of ${position}`).join(', ');
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
