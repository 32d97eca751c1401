import type { Pool, PoolClient } from 'pg';
import type { Recorded } from '#contracts/envelope.js';
import { inTransaction } from '#platform/database/pool.js';
import { type Build, type BuildRow, findBuild, processorOf } from './builds/build.js';
import type { Leases } from './leases.js';
import { Idle, type Position, type Processor, ProcessorStopped } from './processor.js';
import { type Projection, type RecordedEvent, segmentCount } from './projection.js';
import { RowTable } from './row-table.js';
import { SegmentCheckpoints } from './segment-checkpoints.js';
import { type HeldSegment, lowestPosition, unseen } from './segments.js';
import type { Shared, Shares, Surroundings } from './work-sharing.js';

export interface ProjectionParts {
  pool: Pool;
  storeId: string;
  leases: Pick<Leases, 'takeSome' | 'giveBack' | 'holds'>;
  endOfStore(): Promise<Position>;
  /** How many segments are this worker's share; all of them where nobody else is. */
  shares?: Pick<Shares, 'shareOf'>;
}

/** What a processor has open: the version that its build is of, and the segments of it that it holds. */
interface Opened<Row extends object> {
  projection: Projection<Row>;
  table: RowTable<Row>;
  listed: RowTable<object> | undefined;
  segments: number;
  held: HeldSegment[];
}

/**
 * Folds events into the rows of one build of a projection: a batch is folded by key in memory, then rows and checkpoints
 * commit in one transaction. It holds a set of segments, which workers share among themselves.
 */
export class ProjectionProcessor<Row extends object> implements Processor, Shared {
  readonly kind = 'projection';
  readonly name: string;
  private readonly checkpoints: SegmentCheckpoints;
  /** As it was when the processor opened, or tried to; undefined: there was none. */
  private build: BuildRow | undefined;
  private opened: Opened<Row> | undefined;
  /** It would take a lease, if one became free. */
  private isWaiting = false;

  /**
   * @param versions of one name; the build says which of them it is of.
   * @param whileBuilding for whoever builds it: the workers feed it when it is ready.
   */
  constructor(
    private readonly versions: readonly Projection<Row>[],
    private readonly of: Build,
    private readonly parts: ProjectionParts,
    private readonly whileBuilding = false,
  ) {
    this.name = processorOf(versions[0]!.name, of);
    this.checkpoints = new SegmentCheckpoints(this.name, parts.storeId);
  }

  async open(): Promise<Position> {
    const { pool, endOfStore } = this.parts;
    this.isWaiting = false;
    this.build = await findBuild(pool, this.versions[0]!.name, this.of);
    const { build } = this;
    if (build === undefined || (build.state === 'building' && !this.whileBuilding)) {
      await this.close();
      throw new Idle(this.name, 'absent');
    }
    const projection = this.versionOf(build);
    const of = segmentCount(projection);
    const segments = await this.shareOut(of);
    if (segments.length === 0) {
      this.isWaiting = true;
      this.opened = undefined;
      throw new Idle(this.name, 'standby');
    }
    const held = await this.checkpoints.takeOver(pool, segments, of, await endOfStore());
    this.opened = {
      projection,
      table: new RowTable(projection.table, this.of, build.version),
      listed: projection.listing && new RowTable(projection.listing.table, this.of, build.version),
      segments: of,
      held,
    };
    return lowestPosition(held);
  }

  async process(events: Recorded[], through: bigint): Promise<void> {
    const opened = this.opened!;
    const fresh = unseen(events, opened.held, opened.segments) as RecordedEvent[];
    const store = opened.projection.appendOnly ? this.append(opened, fresh) : this.foldInto(opened, fresh);
    opened.held = await inTransaction(this.parts.pool, async (client) => {
      // First, because it locks: a worker that lost its lease learns it before it computes anything.
      const moved = await this.checkpoints.advance(client, opened.held, through);
      await store(client);
      return moved;
    });
  }

  async close(): Promise<void> {
    this.opened = undefined;
    this.isWaiting = false;
    await this.parts.leases.giveBack(...this.leaseNames());
  }

  /** The leases that it might take besides those that it holds. */
  wanted(): string[] {
    if (!this.isWaiting && this.opened === undefined) return [];
    return this.leaseNames().filter((name) => !this.parts.leases.holds(name));
  }

  /** Whether it should be opened again: its build is another, or it holds more or less than it should. */
  isOutdated({ builds, free }: Surroundings): boolean {
    const build = builds.find((row) => processorOf(row.projection, row.build) === this.name);
    if (!isSame(build, this.build)) return true;
    if (this.isWaiting) return this.wanted().some((name) => free.has(name));
    if (this.opened === undefined) return false;
    const { held, segments } = this.opened;
    const share = this.parts.shares?.shareOf(this.name, segments) ?? segments;
    const hasLost = held.some(({ segment }) => !this.parts.leases.holds(this.leaseOf(segment)));
    return hasLost || held.length > share || (held.length < share && this.wanted().some((name) => free.has(name)));
  }

  private versionOf(build: BuildRow): Projection<Row> {
    const projection = this.versions.find(({ version }) => version === build.version);
    if (projection) return projection;
    throw new ProcessorStopped(
      `The ${build.build} build of ${build.projection} is version ${build.version}, but this program knows ` +
        `${this.versions.map(({ version }) => version).join(', ')}: start the program that made it, or ` +
        (build.build === 'live' ? 'rebuild it and promote what was built.' : 'drop it.'),
    );
  }

  /** Gives back what is beyond this worker's share, and takes what is missing of it. */
  private async shareOut(of: number): Promise<number[]> {
    const { leases, shares } = this.parts;
    const share = shares?.shareOf(this.name, of) ?? of;
    const all = Array.from({ length: of }, (_, segment) => segment);
    const held = all.filter((segment) => leases.holds(this.leaseOf(segment)));
    if (held.length > share) await leases.giveBack(...held.slice(share).map((segment) => this.leaseOf(segment)));
    if (held.length < share) await leases.takeSome(all.map(this.leaseOf), share - held.length);
    return all.filter((segment) => leases.holds(this.leaseOf(segment)));
  }

  private readonly leaseOf = (segment: number): string => `${this.name}/${segment}`;

  private leaseNames(): string[] {
    const most = Math.max(...this.versions.map(segmentCount));
    return Array.from({ length: most }, (_, segment) => this.leaseOf(segment));
  }

  private append({ projection, table }: Opened<Row>, events: readonly RecordedEvent[]) {
    const rows = events.flatMap((event) => projection.evolve(undefined, event) ?? []);
    return (client: PoolClient) => table.insert(client, rows);
  }

  private foldInto({ projection, table, listed }: Opened<Row>, events: readonly RecordedEvent[]) {
    const byKey = groupByKey(projection, events);
    return async (client: PoolClient) => {
      if (byKey.size === 0) return;
      const { changed, gone } = fold(projection, byKey, await table.find(client, [...byKey.keys()]));
      await table.upsert(client, changed);
      await table.delete(client, gone);
      if (!listed) return;
      const { rows, unlisted } = listingOf(projection, table.keyProperty, changed);
      await listed.upsert(client, rows);
      await listed.delete(client, [...gone, ...unlisted]);
    };
  }
}

function isSame(a: BuildRow | undefined, b: BuildRow | undefined): boolean {
  return a?.version === b?.version && a?.state === b?.state && a?.createdAt === b?.createdAt;
}

function groupByKey<Row extends object>(
  projection: Projection<Row>,
  events: readonly RecordedEvent[],
): Map<string, RecordedEvent[]> {
  const byKey = new Map<string, RecordedEvent[]>();
  for (const event of events) {
    const key = projection.key(event);
    if (key === undefined) continue;
    const group = byKey.get(key);
    if (group) group.push(event);
    else byKey.set(key, [event]);
  }
  return byKey;
}

function fold<Row extends object>(
  projection: Projection<Row>,
  byKey: ReadonlyMap<string, RecordedEvent[]>,
  rows: ReadonlyMap<string, Row>,
): { changed: Row[]; gone: string[] } {
  const changed: Row[] = [];
  const gone: string[] = [];
  for (const [key, events] of byKey) {
    const before = rows.get(key);
    const after = events.reduce<Row | undefined>((row, event) => projection.evolve(row, event), before);
    if (after === before) continue;
    if (after) changed.push(after);
    else if (before) gone.push(key);
  }
  return { changed, gone };
}

/** What the listing makes of the rows that changed, and whom it lists no longer. */
function listingOf<Row extends object>(
  { listing }: Projection<Row>,
  key: keyof Row & string,
  changed: readonly Row[],
): { rows: object[]; unlisted: string[] } {
  const rows: object[] = [];
  const unlisted: string[] = [];
  for (const row of changed) {
    const listed = listing?.rowOf(row);
    if (listed) rows.push(listed);
    else unlisted.push(String(row[key]));
  }
  return { rows, unlisted };
}
