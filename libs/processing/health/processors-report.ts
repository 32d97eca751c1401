import type { Pool } from 'pg';
import type { EventStore } from '#event-store/event-store.js';
import type { RunnerState } from '../runner.js';
import { OldestWaiting } from './oldest-waiting.js';
import { type ProcessorHealth, type ProcessorsHealth, processorHealth, type Told } from './processor-health.js';

/** A worker tells of itself every second: one that missed three is taken for dead. */
const SEEN_WITHIN = '3 seconds';
/** PostgreSQL's code. */
const UNDEFINED_TABLE = '42P01';

interface SegmentRow {
  processor: string;
  segment: number;
  position: number | null;
  updatedAt: string;
}

interface WorkerRow {
  name: string;
  state: RunnerState['kind'];
  failingSince: string | null;
  eventsPerSecond: number | null;
}

/** How all processors are, for those who run none: from their checkpoints, the store, and what the workers tell. */
export class ProcessorsReport {
  private readonly oldest: OldestWaiting;

  /** @param expected the names of all processors. */
  constructor(
    private readonly store: Pick<EventStore, 'head' | 'firstAfter'>,
    private readonly pool: Pool,
    private readonly expected: readonly string[],
    private readonly stuckAfterMs: number,
  ) {
    this.oldest = new OldestWaiting(store);
  }

  /** @throws what the servers throw that cannot be asked. */
  async health(): Promise<ProcessorsHealth> {
    // The head first: whoever has stored it by the time that the checkpoints are read lacks nothing.
    const head = await this.store.head();
    const [segments, workers] = await Promise.all([this.segments(), this.workers()]);
    const processors = this.expected.map((name) => {
      const told = toldOf(workers.filter((worker) => worker.name === name));
      return this.healthOf(
        name,
        told,
        segments.filter(({ processor }) => processor === name),
        head,
      );
    });
    return { head: head ?? null, processors: await Promise.all(processors) };
  }

  private async healthOf(
    name: string,
    told: Told,
    rows: SegmentRow[],
    head: bigint | undefined,
  ): Promise<ProcessorHealth> {
    const stored = rows.length > 0 ? rows : [{ segment: 0, position: null, updatedAt: undefined }];
    const segments = stored.map(async ({ segment, position: number, updatedAt }) => {
      const position = number === null ? undefined : BigInt(number);
      const movedAt = updatedAt === undefined ? undefined : Date.parse(updatedAt);
      return { segment, position, movedAt, lag: await this.oldest.lagOf(position, head) };
    });
    return processorHealth(name, told, await Promise.all(segments), Date.now(), this.stuckAfterMs);
  }

  private async segments(): Promise<SegmentRow[]> {
    return this.rows<SegmentRow>(
      `select processor, segment, position, updated_at as "updatedAt" from views.checkpoints
       union all
       select processor, segment, position, updated_at from ops.checkpoints
       order by processor, segment`,
    );
  }

  private async workers(): Promise<WorkerRow[]> {
    return this.rows<WorkerRow>(
      `select p ->> 'name' as name, p ->> 'state' as state, p ->> 'failingSince' as "failingSince",
              (p ->> 'eventsPerSecond')::float8 as "eventsPerSecond"
         from ops.workers, jsonb_array_elements(processors) as p
        where seen_at > now() - $1::interval`,
      SEEN_WITHIN,
    );
  }

  /** None for a system that has yet to make its tables: nothing has run then. */
  private async rows<Row extends object>(sql: string, ...values: string[]): Promise<Row[]> {
    try {
      return (await this.pool.query<Row>(sql, values)).rows;
    } catch (error) {
      if ((error as { code?: unknown }).code === UNDEFINED_TABLE) return [];
      throw error;
    }
  }
}

/** Of several workers one runs a processor, and the others stand by. */
function toldOf(workers: WorkerRow[]): Told {
  const worker =
    workers.find(({ state }) => state === 'running') ?? workers.find(({ state }) => state !== 'standby') ?? workers[0];
  return {
    phase: worker?.state,
    failingSince: worker?.failingSince ? Date.parse(worker.failingSince) : undefined,
    eventsPerSecond: worker?.eventsPerSecond ?? undefined,
  };
}
