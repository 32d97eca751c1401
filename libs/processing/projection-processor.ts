import type { Pool, PoolClient } from 'pg';
import type { Recorded } from '#contracts/envelope.js';
import { inTransaction } from '#platform/database/pool.js';
import { type Build, type BuildRow, findBuild, processorOf } from './builds/build.js';
import type { Leases } from './leases.js';
import { ensureFewParked, park, parkedKeys, queue } from './parking/parked.js';
import { isRefused, RowWriter, type Stuck } from './parking/row-writer.js';
import { type Sorted, sorted } from './parking/sorting.js';
import {
  Idle,
  type Position,
  type Processor,
  ProcessorStopped,
  type SegmentPosition,
  type SourceName,
} from './processor.js';
import { type Projection, type RecordedEvent, segmentCount } from './projection.js';
import { SegmentCheckpoints } from './segment-checkpoints.js';
import { type HeldSegment, lowestPosition, unseen } from './segments.js';
import type { Shared, Shares, Surroundings } from './work-sharing.js';

/** The events topic, as far as a view has to know of it. */
export interface FeedingTopic {
  /** The partitions that are this worker's; undefined while nobody has said. */
  readonly assigned: ReadonlySet<number> | undefined;
  /** @throws Error while nothing can be read of it. */
  ensureReadable(): Promise<void>;
}

export interface ProjectionParts {
  pool: Pool;
  storeId: string;
  leases: Pick<Leases, 'takeSome' | 'giveBack' | 'holds'>;
  endOfStore(): Promise<Position>;
  /** How many segments are this worker's share; all of them where nobody else is. */
  shares?: Pick<Shares, 'shareOf'>;
  /** Where the events topic feeds it: it may hold no segments but its partitions. */
  topic?: FeedingTopic;
  /** Told when the events of a key begin to wait. */
  onParked?(processor: string, key: string, position: bigint, error: Error): void;
}

/** What a processor has open: the version that its build is of, and the segments of it that it holds. */
interface Opened<Row extends object> {
  projection: Projection<Row>;
  writer: RowWriter<Row>;
  segments: number;
  held: HeldSegment[];
  /** The keys whose events wait. */
  parked: Set<string>;
}

/**
 * Folds events into the rows of one build of a projection: a batch is folded by key in memory, then rows and checkpoints
 * commit in one transaction. It holds a set of segments, which workers share among themselves. An event that cannot be
 * taken parks its key: its position and those of later events of the key are stored instead, and everything else goes on.
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

  get source(): SourceName {
    return this.parts.topic ? 'kafka' : 'event-store';
  }

  get segments(): readonly SegmentPosition[] | undefined {
    return this.opened?.held;
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
    // Before leases are taken: a worker that can read the store may have them meanwhile.
    await this.parts.topic?.ensureReadable();
    const projection = this.versionOf(build);
    const of = segmentCount(projection);
    const segments = await this.shareOut(of);
    if (segments.length === 0) {
      this.isWaiting = true;
      this.opened = undefined;
      throw new Idle(this.name, 'standby');
    }
    const held = await this.checkpoints.takeOver(pool, build, segments, of, endOfStore);
    this.opened = {
      projection,
      writer: new RowWriter(projection, this.of),
      segments: of,
      held,
      parked: await parkedKeys(pool, this.name),
    };
    return lowestPosition(held);
  }

  async process(events: Recorded[], through: bigint): Promise<void> {
    const opened = this.opened!;
    const fresh = unseen(events, opened.held, opened.segments) as RecordedEvent[];
    const batch = sorted(opened.projection, fresh, opened.parked);
    try {
      await this.store(opened, batch, through, (client) => opened.writer.write(client, batch.groups));
    } catch (error) {
      if (!isRefused(error)) throw error;
      await this.store(opened, batch, through, (client) => opened.writer.writeByHalves(client, batch.groups));
    }
  }

  private async store(
    opened: Opened<Row>,
    batch: Sorted,
    through: bigint,
    write: (client: PoolClient) => Promise<Stuck[]>,
  ): Promise<void> {
    const { held, stuck } = await inTransaction(this.parts.pool, async (client) => {
      // First, because it locks: a worker that lost its lease learns it before it computes anything.
      const held = await this.checkpoints.advance(client, opened.held, through);
      const stuck = [...batch.stuck, ...(await write(client))];
      if (stuck.length > 0) {
        await park(client, this.name, stuck);
        await ensureFewParked(client, this.name);
      }
      for (const [key, events] of batch.queued) await queue(client, this.name, key, events);
      return { held, stuck };
    });
    opened.held = held;
    for (const { key, events, error } of stuck) {
      opened.parked.add(key);
      this.parts.onParked?.(this.name, key, events[0]!.position, error);
    }
  }

  async close(): Promise<void> {
    this.opened = undefined;
    this.isWaiting = false;
    await this.parts.leases.giveBack(...this.leaseNames());
  }

  /** The leases that it might take besides those that it holds. */
  wanted(): string[] {
    if (!this.isWaiting && this.opened === undefined) return [];
    const { among } = this.allotted(Math.max(...this.versions.map(segmentCount)));
    return among.map(this.leaseOf).filter((name) => !this.parts.leases.holds(name));
  }

  /** Whether it should be opened again: its build is another, or it holds more or less than it should. */
  isOutdated({ builds, free }: Surroundings): boolean {
    const build = builds.find((row) => processorOf(row.projection, row.build) === this.name);
    if (!isSame(build, this.build)) return true;
    if (this.isWaiting) return this.wanted().some((name) => free.has(name));
    if (this.opened === undefined) return false;
    const { held, segments } = this.opened;
    const { among, share } = this.allotted(segments);
    const hasLost = held.some(
      ({ segment }) => !among.includes(segment) || !this.parts.leases.holds(this.leaseOf(segment)),
    );
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

  /** Gives back what is not this worker's, or beyond its share, and takes what is missing of it. */
  private async shareOut(of: number): Promise<number[]> {
    const { leases } = this.parts;
    const { among, share } = this.allotted(of);
    const kept = among.filter((segment) => leases.holds(this.leaseOf(segment))).slice(0, share);
    await leases.giveBack(...this.leaseNames().filter((name) => !kept.map(this.leaseOf).includes(name)));
    if (kept.length < share) await leases.takeSome(among.map(this.leaseOf), share - kept.length);
    return among.filter((segment) => leases.holds(this.leaseOf(segment)));
  }

  /**
   * Of which segments it may hold how many. Of its partitions all that are free: any other share might leave out one that
   * nobody else can take.
   */
  private allotted(of: number): { among: number[]; share: number } {
    const { topic, shares } = this.parts;
    const all = Array.from({ length: of }, (_, segment) => segment);
    if (topic === undefined) return { among: all, share: shares?.shareOf(this.name, of) ?? of };
    const among = all.filter((segment) => topic.assigned?.has(segment));
    return { among, share: among.length };
  }

  private readonly leaseOf = (segment: number): string => `${this.name}/${segment}`;

  private leaseNames(): string[] {
    const most = Math.max(...this.versions.map(segmentCount));
    return Array.from({ length: most }, (_, segment) => this.leaseOf(segment));
  }
}

function isSame(a: BuildRow | undefined, b: BuildRow | undefined): boolean {
  return a?.version === b?.version && a?.state === b?.state && a?.createdAt === b?.createdAt;
}
