import { ConcurrencyConflict } from '#commands/errors.js';
import { isServerAway, isServerUnable } from '#platform/server-away.js';

/** Time as an import needs it. */
export interface RetryClock {
  /** Milliseconds, from any beginning. */
  milliseconds(): number;
  sleep(milliseconds: number): Promise<void>;
}

const FIRST_DELAY = 100;
const LONGEST_DELAY = 5_000;
/** How long a server may be away: a restart takes less. */
export const PATIENCE = 60_000;

/** A server did not answer for as long as an import waits. */
export class ServerAway extends Error {
  constructor(override readonly cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause));
    this.name = 'ServerAway';
  }
}

/**
 * Sends a command, again and again with growing pauses while the connection is lost. It may have been carried out
 * before the connection broke: the command is the same each time, so it is recorded once.
 * @throws ServerAway when that goes on for a minute; any other error at once.
 */
export async function retried<Result>(send: () => Promise<Result>, clock: RetryClock): Promise<Result> {
  const start = clock.milliseconds();
  for (let delay = FIRST_DELAY; ; delay = Math.min(delay * 2, LONGEST_DELAY)) {
    try {
      return await send();
    } catch (error) {
      if (!isPassing(error)) throw error;
      if (clock.milliseconds() + delay - start > PATIENCE) throw new ServerAway(error);
      await clock.sleep(delay);
    }
  }
}

/** Whether the same command may succeed later: the connection was lost, a disk is full, or others kept writing to the stream. */
export function isPassing(error: unknown): boolean {
  return isServerAway(error) || isServerUnable(error) || error instanceof ConcurrencyConflict;
}
