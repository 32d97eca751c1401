import type { Pool } from 'pg';
import { BUILD_COLUMNS, type BuildRow } from './builds/build.js';
import { areViewsGone } from './builds/views-schema.js';
import type { Runner } from './runner.js';
import { SEEN_WITHIN } from './worker-status.js';

/** What a worker sees around it, all processors at one glance. */
export interface Surroundings {
  builds: BuildRow[];
  /** Of the leases that this worker might take, those that nobody holds. */
  free: ReadonlySet<string>;
}

/** A processor that several workers may share. */
export interface Shared {
  wanted(): string[];
  isOutdated(surroundings: Surroundings): boolean;
}

const EVERY_MS = 1_000;
/** After how many looks a processor for which nothing can be read gives back what it holds: another worker may reach the store. */
const CUT_OFF_LOOKS = 3;

/** In `pg_locks` an advisory lock of two numbers shows them as object ids. */
const LOOK = `
  select (select coalesce(json_agg(b), '[]') from (select ${BUILD_COLUMNS} from views.builds) as b) as builds,
         (select coalesce(json_object_agg(name, workers), '{}') from (
            select p ->> 'name' as name, count(*) as workers
              from ops.workers, jsonb_array_elements(processors) as p
             where worker_id <> $1 and seen_at > now() - '${SEEN_WITHIN}'::interval and p ->> 'state' in ('running', 'standby', 'opening')
             group by 1) as w) as others,
         (select coalesce(array_agg(name), '{}') from unnest($2::text[]) as name
           where hashtext(name)::oid not in (
             select objid from pg_locks
              where locktype = 'advisory' and classid = hashtext('rapport.lease')::oid and objsubid = 2
                and database = (select oid from pg_database where datname = current_database()))) as free`;

/**
 * How the segments of the projections are shared among the workers that are there. Every second one query tells what
 * builds there are, who else lives, and what is free; processors that hold too much, too little, or another build than the
 * one that there is, are opened again. Where the schema of the views is gone, so are all builds: it is made again, as when
 * a worker starts, or processors with nothing to do would never hear of it.
 */
export class Shares {
  /** How many other workers run a processor, or would. One that fails again and again leaves its share to the others. */
  private others: Record<string, number> = {};
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private closing = false;
  /** For how many looks nothing could be read for a processor. */
  private readonly cutOff = new WeakMap<Runner, number>();

  constructor(
    private readonly pool: Pool,
    /** By which the worker tells of itself. */
    private readonly workerId: string,
    /** Makes schema views again. */
    private readonly makeViews: () => Promise<void>,
  ) {}

  /** How many of so many segments of a processor are for this worker. */
  shareOf(processor: string, segments: number): number {
    return Math.ceil(segments / (1 + (this.others[processor] ?? 0)));
  }

  /** Looks at once, which it resolves after, and every second from then on. */
  async start(runners: readonly Runner[]): Promise<void> {
    this.running = this.look(runners)
      .catch((error) => (areViewsGone(error) ? this.makeAgain(runners) : undefined))
      // A database that is away is the processors' own trouble, and they tell of it.
      .catch(() => {})
      .then(() => {
        if (!this.closing) this.timer = setTimeout(() => void this.start(runners), EVERY_MS);
      });
    await this.running;
  }

  async close(): Promise<void> {
    this.closing = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private async look(runners: readonly Runner[]): Promise<void> {
    const shared = runners.flatMap((runner) => (isShared(runner.processor) ? { runner, with: runner.processor } : []));
    const wanted = shared.flatMap((processor) => processor.with.wanted());
    const { rows } = await this.pool.query<{
      builds: BuildRow[];
      others: Record<string, number>;
      free: string[];
    }>({ name: 'look around', text: LOOK, values: [this.workerId, wanted] });
    const { builds, others, free } = rows[0]!;
    this.others = others;
    const surroundings = { builds, free: new Set(free) };
    for (const { runner, with: processor } of shared) {
      if (processor.isOutdated(surroundings) || this.isCutOffForLong(runner)) runner.reopen();
    }
  }

  private async makeAgain(runners: readonly Runner[]): Promise<void> {
    // They say what is missing, should it stay so.
    for (const runner of runners) if (isShared(runner.processor)) runner.reopen();
    await this.makeViews();
  }

  /** Opened again without the store it fails, and gives back its leases. */
  private isCutOffForLong(runner: Runner): boolean {
    const looks = runner.cutOff === undefined ? 0 : (this.cutOff.get(runner) ?? 0) + 1;
    this.cutOff.set(runner, looks % CUT_OFF_LOOKS);
    return looks === CUT_OFF_LOOKS;
  }
}

function isShared(processor: object): processor is Shared {
  return 'isOutdated' in processor;
}
