import type { Pool, QueryResultRow } from 'pg';
import type { EventStore } from '#event-store/event-store.js';
import { ensureLive, OtherVersionLive } from '#processing/builds/live-version.js';
import { waitForPosition } from '#processing/checkpoint-status.js';
import type { CheckpointWatch } from '#processing/checkpoint-watch.js';
import type { Projection } from '#processing/projection.js';
import { segmentOfKey } from '#processing/segments.js';

/** The position that a query names lies beyond the end of the store: nobody was ever told it. */
export class PositionBeyondEnd extends Error {
  constructor(position: bigint, end: bigint | undefined) {
    super(`Position ${position} lies beyond the end of the event store (${end ?? 'empty'}).`);
    this.name = 'PositionBeyondEnd';
  }
}

/** Events of whom the answer tells wait in a view: it would leave them out. */
export class CustomerParked extends Error {
  constructor(
    readonly view: string,
    readonly position: string,
    key: string,
  ) {
    super(
      `The events of this customer from position ${position} on wait in ${view}, because the first of them cannot be taken: ` +
        `\`rapport projections parked ${view}\` says why, and retries or drops what waits under ${key}.`,
    );
    this.name = 'CustomerParked';
  }
}

/** What a query may ask of the views that it reads. */
export interface ReadOptions {
  /** Everything up to this position must be in the answer. */
  position?: bigint;
  /** Also what the policies and the timers made of it; without a position, of everything that is recorded by now. */
  settled?: boolean;
}

export interface Read<Row> {
  /** Up to which position the answer tells everything. */
  position: bigint | undefined;
  rows: Row[];
}

/** What is asked of some views. */
export interface Asked {
  views: Projection<object>[];
  /** Selects from the tables of the views, parameters from $1 on. */
  sql: string;
  values: unknown[];
  /** Selects the ids of the customers, or of the rows, that the answer is about, where it is about some. */
  about?: string;
  /**
   * The answer comes from the events of those customers and from views that are not split, and from nothing else: a
   * query that names a position waits for the segments of those customers alone.
   */
  ofThemAlone?: boolean;
  /** Of SQL that is always the same and serves any values by one plan: it is planned once a connection. */
  name?: string;
}

type SegmentStands = [view: string, segment: number, position: number | null];

interface SnapshotRow {
  $position: number | null;
  /** Of an answer about some customers alone: who they are, and where every segment of each view stands. */
  $segments: { customers: string[] | null; checkpoints: SegmentStands[] } | null;
  /** The versions of the views that are live. */
  $live: Record<string, number> | null;
  /** Whether anything is parked in the views; what is, where it was asked of the customers that the answer is about. */
  $parked: boolean | { view: string; key: string; position: string } | null;
  $found: true | null;
}

/** PostgreSQL's class of codes for SQL that does not fit the tables, and its codes where the tables are gone. */
const DOES_NOT_FIT = '42';
const GONE = ['42P01', '3F000'];
/** A promotion between two statements: what did not fit the one version and then the other fits at the second look. */
const LOOKS = 2;

/** Reads rows together with the checkpoints of the views that they come from, in one snapshot. */
export class ViewReader {
  constructor(
    private readonly pool: Pool,
    private readonly watch: CheckpointWatch,
    private readonly policies: string[],
    private readonly store: Pick<EventStore, 'end' | 'head'>,
    private readonly waitMs = 5_000,
  ) {}

  /**
   * @param sql selects from the tables of the views, parameters from $1 on.
   * @throws PositionBeyondEnd, Lagging, OtherVersionLive, CustomerParked
   */
  async read<Row extends QueryResultRow>(
    views: Projection<object>[],
    sql: string,
    values: unknown[],
    options: ReadOptions,
    more: Pick<Asked, 'about' | 'ofThemAlone' | 'name'> = {},
  ): Promise<Read<Row>> {
    return this.readFirst<Row>([{ views, sql, values, ...more }], options);
  }

  /**
   * While a new version of a view waits for its promotion, a query knows how to ask both: of several alternatives the one
   * answers whose versions are live.
   * @throws PositionBeyondEnd, Lagging, CustomerParked; OtherVersionLive when none of them is.
   */
  async readFirst<Row extends QueryResultRow>(
    alternatives: readonly Asked[],
    { position, settled = false }: ReadOptions,
  ): Promise<Read<Row>> {
    if (position !== undefined) await this.ensureReached(position);
    // Settled without a position: whatever is recorded at this moment.
    const from = position ?? (settled ? await this.store.head() : undefined);
    if (from === undefined) return this.snapshotOfFirst<Row>(alternatives, false);
    const asked = settled ? await waitForPosition(this.pool, this.watch, this.policies, from, this.waitMs) : from;
    const names = [...new Set(alternatives.flatMap(({ views }) => views.map(({ name }) => name)))];
    return this.watch.until(names, asked, this.waitMs, async () => {
      const read = await this.snapshotOfFirst<Row>(alternatives, true);
      return read.position !== undefined && read.position >= asked ? read : undefined;
    });
  }

  private async ensureReached(position: bigint): Promise<void> {
    const end = await this.store.end();
    if (position > (end ?? -1n)) throw new PositionBeyondEnd(position, end);
  }

  private async snapshotOfFirst<Row extends QueryResultRow>(
    alternatives: readonly Asked[],
    namesPosition: boolean,
  ): Promise<Read<Row>> {
    let refusal: unknown;
    for (let look = 1; look <= LOOKS; look += 1) {
      for (const asked of alternatives) {
        try {
          return await this.snapshot<Row>(asked, namesPosition);
        } catch (error) {
          if (!(error instanceof OtherVersionLive)) throw error;
          refusal ??= error;
        }
      }
    }
    throw refusal;
  }

  /**
   * One statement, hence one snapshot: rows, checkpoints, versions and what is parked belong together.
   * @param namesPosition where each segment stands is only looked at for a query that waits for some of them.
   * @param knowsOfParked something is parked in the views: whether it is of those whom the answer is about.
   */
  private async snapshot<Row extends QueryResultRow>(
    asked: Asked,
    namesPosition: boolean,
    knowsOfParked = false,
  ): Promise<Read<Row>> {
    const { views, sql, values, about, name } = asked;
    const ofSegments = namesPosition && asked.ofThemAlone === true;
    const names = `$${values.length + 1}::text[]`;
    const variants = [...(ofSegments ? ['segments'] : []), ...(knowsOfParked ? ['parked'] : [])];
    const { rows } = await this.pool
      .query<Row & SnapshotRow>({
        // Of another version the columns may be of other types.
        name: name && [name, ...views.map(({ version }) => version), ...variants].join(' '),
        text: `select checkpoint.position as "$position", live.versions as "$live", found.*,
                      (${ofSegments ? segmentsOf(about!, names) : 'null'}) as "$segments",
                      (${knowsOfParked ? parkedOf(about!, names) : `exists (select from views.parked where processor = any(${names}))`}) as "$parked"
                 from (select case when bool_and(position is not null) then min(position) end as position
                         from views.checkpoints where processor = any(${names})) as checkpoint
                 cross join (select json_object_agg(projection, version) as versions
                               from views.builds where build = 'live' and projection = any(${names})) as live
                 left join (select true as "$found", asked.* from (${sql}) as asked) as found on true`,
        values: [...values, views.map(({ name }) => name)],
      })
      .catch(async (error: unknown) => {
        // SQL that does not fit the tables was written for another version of them.
        if (String((error as { code?: unknown }).code).startsWith(DOES_NOT_FIT))
          ensureLive(views, await this.liveVersions());
        throw error;
      });
    const { $position, $segments: segments, $live: live, $parked: parked } = rows[0]!;
    const position = segments ? positionOf(segments) : $position;
    ensureLive(views, live ?? {});
    if (parked === true && about !== undefined) return this.snapshot<Row>(asked, namesPosition, true);
    if (typeof parked === 'object' && parked) throw new CustomerParked(parked.view, parked.position, parked.key);
    return {
      position: position === null ? undefined : BigInt(position),
      rows: rows
        .filter(({ $found }) => $found)
        .map(({ $position: _p, $segments: _s, $live: _l, $parked: _q, $found: _f, ...row }) => row as unknown as Row),
    };
  }

  /** None where the schema was dropped under a running system: it is made again when a worker starts. */
  private async liveVersions(): Promise<Record<string, number>> {
    try {
      const { rows } = await this.pool.query<{ projection: string; version: number }>(
        "select projection, version from views.builds where build = 'live'",
      );
      return Object.fromEntries(rows.map(({ projection, version }) => [projection, version]));
    } catch (error) {
      if (!GONE.includes(String((error as { code?: unknown }).code))) throw error;
      return {};
    }
  }
}

/** The customers whom the answer is about, and where every segment of its views stands. */
function segmentsOf(about: string, names: string): string {
  return `select json_build_object(
            'customers', (select json_agg(id) from (${about}) as about (id)),
            'checkpoints', (select coalesce(json_agg(json_build_array(processor, segment, position)), '[]')
                              from views.checkpoints where processor = any(${names})))`;
}

/** Where the last of the segments stands that hold what is told of the customers; null while one is at the beginning. */
function positionOf({ customers, checkpoints }: NonNullable<SnapshotRow['$segments']>): number | null {
  const theirs = new Set(customers?.map(segmentOfKey));
  const split = new Set(checkpoints.filter(([, segment]) => segment > 0).map(([view]) => view));
  const positions = checkpoints.flatMap(([view, segment, position]) =>
    !split.has(view) || theirs.has(segment) ? [position] : [],
  );
  const reached = positions.filter((position) => position !== null);
  return reached.length === 0 || reached.length < positions.length ? null : Math.min(...reached);
}

/** The first event that waits in one of the views, of those whom the answer is about. */
function parkedOf(about: string, names: string): string {
  return `select json_build_object('view', processor, 'key', key, 'position', position::text)
            from views.parked
           where processor = any(${names})
             and (customer_id in (${about}) or key in (select id::text from (${about}) as about (id)))
           order by position limit 1`;
}
