import type { Pool } from 'pg';
import type { RunnerState } from '#processing/runner.js';

const EVERY_MS = 1_000;
/** Long after nobody counts a row any more. */
const FORGOTTEN_AFTER = '1 minute';

/** Whatever runs in a worker and can say how it is. */
export interface Reporting {
  readonly name: string;
  readonly kind: string;
  readonly state: RunnerState;
}

/** Tells in `ops.workers` what this worker's processors do: health and `rapport status` read it. */
export class Heartbeat {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly running: readonly Reporting[],
    /** Of several workers each has its own; one that takes the place of a dead worker may have that one's. */
    private readonly workerId: string,
  ) {}

  /** Resolves when it has told for the first time: what a dead worker of the same id said does not count any more. */
  async start(): Promise<void> {
    await this.tell();
    this.timer = setInterval(() => void this.tell().catch(() => {}), EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.pool.query('delete from ops.workers where worker_id = $1', [this.workerId]).catch(() => {});
  }

  /** A database that is away is told by the missing heartbeat itself. */
  private async tell(): Promise<void> {
    const processors = this.running
      .filter(({ state }) => state.kind !== 'absent')
      .map(({ name, kind, state: { kind: state, ...rest } }) => {
        return { name, kind, state, ...rest };
      });
    await this.pool.query(
      `insert into ops.workers (worker_id, processors, seen_at) values ($1, $2, now())
       on conflict (worker_id) do update set processors = excluded.processors, seen_at = excluded.seen_at`,
      [this.workerId, JSON.stringify(processors)],
    );
    await this.pool.query('delete from ops.workers where seen_at < now() - $1::interval', [FORGOTTEN_AFTER]);
  }
}
