import type { Pool, PoolClient } from 'pg';
import type { Recorded } from '#contracts/envelope.js';
import { inTransaction } from '#platform/database/pool.js';
import type { Checkpoint, HeldCheckpoint } from './checkpoints.js';
import type { Leases } from './leases.js';
import type { Position, Processor } from './processor.js';
import { type Projection, processorName, type RecordedEvent } from './projection.js';
import { RowTable } from './row-table.js';

/** Folds events into rows: a batch is folded by key in memory, then rows and checkpoint commit in one transaction. */
export class ProjectionProcessor<Row extends object> implements Processor {
  readonly kind = 'projection';
  readonly name: string;
  private readonly table: RowTable<Row>;
  private readonly listed: RowTable<object> | undefined;
  private held: HeldCheckpoint | undefined;

  constructor(
    private readonly projection: Projection<Row>,
    private readonly pool: Pool,
    private readonly checkpoint: Checkpoint,
    private readonly leases: Leases,
    private readonly endOfStore: () => Promise<Position>,
  ) {
    this.name = processorName(projection);
    this.table = new RowTable(projection.table);
    this.listed = projection.listing && new RowTable(projection.listing.table);
  }

  async open(): Promise<Position> {
    await this.leases.take(this.name);
    this.held = await this.checkpoint.takeOver(undefined, await this.endOfStore());
    return this.held.position;
  }

  async process(events: Recorded[], through: bigint): Promise<void> {
    if (this.projection.appendOnly) return this.append(events as RecordedEvent[], through);
    const held = this.held!;
    const byKey = this.groupByKey(events as RecordedEvent[]);
    this.held = await inTransaction(this.pool, async (client) => {
      // First, because it locks: a worker that lost its lease learns it before it computes anything.
      const moved = await this.checkpoint.advance(client, held, through);
      if (byKey.size > 0) {
        const rows = await this.table.find(client, [...byKey.keys()]);
        const { changed, gone } = this.fold(byKey, rows);
        await this.table.upsert(client, changed);
        await this.table.delete(client, gone);
        await this.list(client, changed, gone);
      }
      return moved;
    });
  }

  private async append(events: RecordedEvent[], through: bigint): Promise<void> {
    const held = this.held!;
    const rows = events.flatMap((event) => this.projection.evolve(undefined, event) ?? []);
    this.held = await inTransaction(this.pool, async (client) => {
      const moved = await this.checkpoint.advance(client, held, through);
      await this.table.insert(client, rows);
      return moved;
    });
  }

  async close(): Promise<void> {
    await this.leases.giveBack(this.name);
  }

  private async list(client: PoolClient, changed: Row[], gone: string[]): Promise<void> {
    const { listing } = this.projection;
    if (listing === undefined || this.listed === undefined) return;
    const rows: object[] = [];
    const unlisted = [...gone];
    for (const row of changed) {
      const listed = listing.rowOf(row);
      if (listed) rows.push(listed);
      else unlisted.push(String(row[this.table.keyProperty]));
    }
    await this.listed.upsert(client, rows);
    await this.listed.delete(client, unlisted);
  }

  private groupByKey(events: RecordedEvent[]): Map<string, RecordedEvent[]> {
    const byKey = new Map<string, RecordedEvent[]>();
    for (const event of events) {
      const key = this.projection.key(event);
      if (key === undefined) continue;
      const group = byKey.get(key);
      if (group) group.push(event);
      else byKey.set(key, [event]);
    }
    return byKey;
  }

  private fold(byKey: Map<string, RecordedEvent[]>, rows: Map<string, Row>): { changed: Row[]; gone: string[] } {
    const changed: Row[] = [];
    const gone: string[] = [];
    for (const [key, events] of byKey) {
      const before = rows.get(key);
      const after = events.reduce<Row | undefined>((row, event) => this.projection.evolve(row, event), before);
      if (after === before) continue;
      if (after) changed.push(after);
      else if (before) gone.push(key);
    }
    return { changed, gone };
  }
}
