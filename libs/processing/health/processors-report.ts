import type { Pool } from 'pg';
import type { EventStore } from '#event-store/event-store.js';
import { areViewsGone } from '../builds/views-schema.js';
import type { SourceName } from '../processor.js';
import type { RunnerState } from '../runner.js';
import { SEEN_WITHIN } from '../worker-status.js';
import { OldestWaiting } from './oldest-waiting.js';
import { type ProcessorHealth, type ProcessorsHealth, processorHealth, type Told } from './processor-health.js';
import { NO_FACTS, viewFacts } from './view-facts.js';

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
  source: SourceName | null;
  segments: number[] | null;
}

/** How all processors are, for those who run none: from their checkpoints, the store, and what the workers tell. */
export class ProcessorsReport {
  private readonly oldest: OldestWaiting;

  /** @param expected the names of all processors that there always are: builds besides the live ones come and go. */
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
    const [rows, workers, facts] = await Promise.all([
      this.segments(),
      this.workers(),
      viewFacts(this.pool).catch(noneYet(NO_FACTS)),
    ]);
    const processors = [...this.expected, ...facts.builds].map(async (name): Promise<ProcessorHealth> => {
      const running = workers.filter((worker) => worker.name === name);
      const stored = rows.filter(({ processor }) => processor === name);
      const segments = stored.length > 0 ? stored : [{ segment: 0, position: null, updatedAt: undefined }];
      const observed = segments.map(async ({ segment, position: number, updatedAt }) => {
        const position = number === null ? undefined : BigInt(number);
        const movedAt = updatedAt === undefined ? undefined : Date.parse(updatedAt);
        const lag = await this.oldest.lagOf(position, head);
        return { segment, position, movedAt, lag, ...toldOf(running, segment) };
      });
      const observation = {
        name,
        told: toldOf(running),
        segments: await Promise.all(observed),
        eventsPerSecond: rateOf(running),
        parked: facts.parked.get(name) ?? 0,
        sources: sourcesOf(running),
        making: facts.building.get(name),
      };
      return processorHealth(observation, Date.now(), this.stuckAfterMs);
    });
    return { head: head ?? null, processors: await Promise.all(processors) };
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
              (p ->> 'eventsPerSecond')::float8 as "eventsPerSecond", p ->> 'source' as source, p -> 'segments' as segments
         from ops.workers, jsonb_array_elements(processors) as p
        where seen_at > now() - $1::interval`,
      SEEN_WITHIN,
    );
  }

  private async rows<Row extends object>(sql: string, ...values: string[]): Promise<Row[]> {
    return this.pool.query<Row>(sql, values).then(({ rows }) => rows, noneYet([]));
  }
}

function noneYet<T>(none: T): (error: unknown) => T {
  return (error) => {
    // A system that starts for the first time, or one whose views were dropped.
    if (areViewsGone(error)) return none;
    throw error;
  };
}

/** Of several workers the one that holds the segment tells of it; where none does, one that does something tells most. */
function toldOf(workers: readonly WorkerRow[], segment?: number): Told {
  const worker =
    workers.find(({ segments }) => segment !== undefined && segments?.includes(segment)) ??
    workers.find(({ state }) => state === 'running') ??
    workers.find(({ state }) => state !== 'standby') ??
    workers[0];
  const { failingSince } = worker ?? {};
  return { phase: worker?.state, failingSince: failingSince ? Date.parse(failingSince) : undefined };
}

function rateOf(workers: readonly WorkerRow[]): number | undefined {
  const rates = workers.flatMap(({ eventsPerSecond }) => eventsPerSecond ?? []);
  // They share the segments, but each takes all of the events and leaves out what is none of its own.
  return rates.length > 0 ? Math.max(...rates) : undefined;
}

/** Of those that do something. */
function sourcesOf(workers: readonly WorkerRow[]): SourceName[] {
  const working = workers.filter(({ state }) => state !== 'standby');
  return [...new Set(working.flatMap(({ source }) => source ?? []))].sort();
}
