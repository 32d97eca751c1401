import type { Pool, QueryResultRow } from 'pg';
import type { EventStore } from '#event-store/event-store.js';
import { waitForPosition } from '#processing/checkpoint-status.js';
import type { CheckpointWatch } from '#processing/checkpoint-watch.js';
import { type Projection, processorName } from '#processing/projection.js';

/** The position that a query names lies beyond the end of the store: nobody was ever told it. */
export class PositionBeyondEnd extends Error {
  constructor(position: bigint, end: bigint | undefined) {
    super(`Position ${position} lies beyond the end of the event store (${end ?? 'empty'}).`);
    this.name = 'PositionBeyondEnd';
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
   * @param name of SQL that is always the same and serves any values by one plan: it is planned once a connection.
   * @throws PositionBeyondEnd, Lagging
   */
  async read<Row extends QueryResultRow>(
    views: Projection<object>[],
    sql: string,
    values: unknown[],
    { position, settled = false }: ReadOptions,
    name?: string,
  ): Promise<Read<Row>> {
    const names = views.map(processorName);
    if (position !== undefined) await this.ensureReached(position);
    // Settled without a position: whatever is recorded at this moment.
    const from = position ?? (settled ? await this.store.head() : undefined);
    if (from === undefined) return this.snapshot<Row>(names, sql, values, name);
    const asked = settled ? await waitForPosition(this.pool, this.watch, this.policies, from, this.waitMs) : from;
    return this.watch.until(names, asked, this.waitMs, async () => {
      const read = await this.snapshot<Row>(names, sql, values, name);
      return read.position !== undefined && read.position >= asked ? read : undefined;
    });
  }

  private async ensureReached(position: bigint): Promise<void> {
    const end = await this.store.end();
    if (position > (end ?? -1n)) throw new PositionBeyondEnd(position, end);
  }

  /** One statement, hence one snapshot: rows and checkpoints belong together. */
  private async snapshot<Row extends QueryResultRow>(
    names: string[],
    sql: string,
    values: unknown[],
    name: string | undefined,
  ): Promise<Read<Row>> {
    const { rows } = await this.pool.query<Row & { $position: number | null; $found: true | null }>({
      name,
      text: `select checkpoint.position as "$position", found.*
               from (select case when count(position) = ${names.length} then min(position) end as position
                       from views.checkpoints where processor = any($${values.length + 1})) as checkpoint
               left join (select true as "$found", asked.* from (${sql}) as asked) as found on true`,
      values: [...values, names],
    });
    const position = rows[0]!.$position;
    return {
      position: position === null ? undefined : BigInt(position),
      rows: rows.filter(({ $found }) => $found).map(({ $position: _p, $found: _f, ...row }) => row as unknown as Row),
    };
  }
}
