import type { Pool } from 'pg';
import { newId } from '#contracts/ids.js';
import type { Engine } from '#processing/engine.js';

const EVERY_MS = 1_000;

/** Tells in `ops.workers` what this worker's processors do: health and `rapport status` read it. */
export class Heartbeat {
  private readonly workerId = newId();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly engine: Engine,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.tell(), EVERY_MS);
    void this.tell();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.pool.query('delete from ops.workers where worker_id = $1', [this.workerId]).catch(() => {});
  }

  /** A database that is away is told by the missing heartbeat itself. */
  private async tell(): Promise<void> {
    const processors = this.engine.runners.map(({ name, processor, state: { kind: state, ...rest } }) => {
      return { name, kind: processor.kind, state, ...rest };
    });
    await this.pool
      .query(
        `insert into ops.workers (worker_id, processors, seen_at) values ($1, $2, now())
         on conflict (worker_id) do update set processors = excluded.processors, seen_at = excluded.seen_at`,
        [this.workerId, JSON.stringify(processors)],
      )
      .catch(() => {});
  }
}
