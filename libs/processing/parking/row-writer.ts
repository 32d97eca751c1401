import type { PoolClient } from 'pg';
import type { Build } from '../builds/build.js';
import type { Projection, RecordedEvent } from '../projection.js';
import { RowTable } from '../row-table.js';
import { StateChanges } from '../states/changed-states.js';

/** The events of one row, in order. */
export type KeyedEvents = [key: string, events: RecordedEvent[]];

/** Events of one row that could not be taken: the first one for a reason of its own, the others because they follow it. */
export interface Stuck {
  key: string;
  events: RecordedEvent[];
  error: Error;
}

/** What some events make of a row, as far as they can be taken. */
interface Folded<Row> {
  row: Row | undefined;
  stuck?: Stuck;
}

/** A row before and after the last of its events. */
type Change<Row> = [before: Row | undefined, after: Row | undefined, position: bigint];

/** What came of some events. */
interface Written<Row> {
  stuck: Stuck[];
  changes: Change<Row>[];
}

/** PostgreSQL's class of codes for what is larger than it can be, such as a value of an index. */
const OVER_LIMIT = '54';
/** Its classes for a row that it refuses: a value out of range or form, a broken constraint, too large. */
const REFUSED = ['22', '23', OVER_LIMIT];

/** Whether the database refused what it was given, and would refuse it again. */
export function isRefused(error: unknown): boolean {
  return REFUSED.includes(classOf(error));
}

/** Whether something was too large for the database. */
export function isOverLimit(error: unknown): boolean {
  return classOf(error) === OVER_LIMIT;
}

function classOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code.length === 5 ? code.slice(0, 2) : '';
}

/** Folds events into the rows of one build, within a transaction of somebody else's. */
export class RowWriter<Row extends object> {
  private readonly table: RowTable<Row>;
  private readonly listed: RowTable<object> | undefined;

  constructor(
    private readonly projection: Projection<Row>,
    private readonly build: Build,
  ) {
    this.table = new RowTable(projection.table, build, projection.version);
    this.listed = projection.listing && new RowTable(projection.listing.table, build, projection.version);
  }

  /**
   * Folds all of them and writes the rows.
   * @returns those that could not be folded; what came before them is written.
   * @throws what the database says; nothing may be committed then.
   */
  async write(client: PoolClient, groups: readonly KeyedEvents[]): Promise<Stuck[]> {
    return this.noteChanges(client, await this.writeRows(client, groups));
  }

  /** The same where the database refuses something: halves what it was given until the rows are found, and their events. */
  async writeByHalves(client: PoolClient, groups: readonly KeyedEvents[]): Promise<Stuck[]> {
    return this.noteChanges(client, await this.writeRowsByHalves(client, groups));
  }

  /** For the state topics, of all that is written together. */
  private async noteChanges(client: PoolClient, { stuck, changes }: Written<Row>): Promise<Stuck[]> {
    const { states } = this.projection;
    // What is told to others is what is read: that of the live build.
    if (!states || this.build !== 'live') return stuck;
    const noted = new StateChanges(states);
    for (const change of changes) noted.note(...change);
    await noted.store(client);
    return stuck;
  }

  private async writeRows(client: PoolClient, groups: readonly KeyedEvents[]): Promise<Written<Row>> {
    if (groups.length === 0) return { stuck: [], changes: [] };
    if (this.projection.appendOnly) return { stuck: await this.append(client, groups), changes: [] };
    const before = await this.table.find(
      client,
      groups.map(([key]) => key),
    );
    const changed: Row[] = [];
    const gone: string[] = [];
    const stuck: Stuck[] = [];
    const changes: Change<Row>[] = [];
    for (const [key, events] of groups) {
      const folded = this.fold(before.get(key), key, events);
      if (folded.stuck) stuck.push(folded.stuck);
      if (folded.row === before.get(key)) continue;
      changes.push([before.get(key), folded.row, events.at(-1)!.position]);
      if (folded.row) changed.push(folded.row);
      else gone.push(key);
    }
    await this.table.upsert(client, changed);
    await this.table.delete(client, gone);
    await this.list(client, changed, gone);
    return { stuck, changes };
  }

  private async writeRowsByHalves(client: PoolClient, groups: readonly KeyedEvents[]): Promise<Written<Row>> {
    try {
      return await inSavepoint(client, () => this.writeRows(client, groups));
    } catch (error) {
      if (!isRefused(error)) throw error;
      if (groups.length === 1) return this.writeWhatFits(client, groups[0]!, error as Error);
    }
    const half = Math.ceil(groups.length / 2);
    const first = await this.writeRowsByHalves(client, groups.slice(0, half));
    const second = await this.writeRowsByHalves(client, groups.slice(half));
    return { stuck: [...first.stuck, ...second.stuck], changes: [...first.changes, ...second.changes] };
  }

  /** Writes the row as it was before an event that makes one which is refused. */
  private async writeWhatFits(client: PoolClient, [key, events]: KeyedEvents, error: Error): Promise<Written<Row>> {
    let [fits, refused, reason] = [0, events.length, error];
    while (refused - fits > 1) {
      const tried = Math.floor((fits + refused) / 2);
      const refusal = await this.refusalOf(client, [key, events.slice(0, tried)]);
      if (refusal) [refused, reason] = [tried, refusal];
      else fits = tried;
    }
    const { changes } = await this.writeRows(client, fits > 0 ? [[key, events.slice(0, fits)]] : []);
    return { stuck: [{ key, events: events.slice(fits), error: reason }], changes };
  }

  /** Why the row would be refused; undefined: it would not. */
  private async refusalOf(client: PoolClient, group: KeyedEvents): Promise<Error | undefined> {
    await client.query('savepoint trial');
    try {
      await this.writeRows(client, [group]);
      return undefined;
    } catch (error) {
      if (!isRefused(error)) throw error;
      return error as Error;
    } finally {
      await client.query('rollback to savepoint trial');
    }
  }

  private async append(client: PoolClient, groups: readonly KeyedEvents[]): Promise<Stuck[]> {
    const rows: Row[] = [];
    const stuck: Stuck[] = [];
    for (const [key, events] of groups) {
      const folded = this.fold(undefined, key, events);
      if (folded.stuck) stuck.push(folded.stuck);
      else if (folded.row) rows.push(folded.row);
    }
    await this.table.insert(client, rows);
    return stuck;
  }

  private fold(before: Row | undefined, key: string, events: RecordedEvent[]): Folded<Row> {
    const folded = this.foldWhile(before, key, events, () => {});
    const { listing } = this.projection;
    if (!listing || !folded.row || folded.row === before) return folded;
    try {
      listing.rowOf(folded.row);
      return folded;
    } catch {
      // Which event made a row that cannot be listed shows when it is tried after each.
      return this.foldWhile(before, key, events, (row) => listing.rowOf(row));
    }
  }

  private foldWhile(
    before: Row | undefined,
    key: string,
    events: RecordedEvent[],
    check: (row: Row) => void,
  ): Folded<Row> {
    let row = before;
    for (const [at, event] of events.entries()) {
      try {
        const after = this.projection.evolve(row, event);
        if (after) check(after);
        row = after;
      } catch (thrown) {
        const error = thrown instanceof Error ? thrown : new Error(String(thrown));
        return { row, stuck: { key, events: events.slice(at), error } };
      }
    }
    return { row };
  }

  private async list(client: PoolClient, changed: readonly Row[], gone: readonly string[]): Promise<void> {
    const { listing } = this.projection;
    if (!listing || !this.listed) return;
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
}

async function inSavepoint<T>(client: PoolClient, work: () => Promise<T>): Promise<T> {
  await client.query('savepoint part');
  try {
    const result = await work();
    await client.query('release savepoint part');
    return result;
  } catch (error) {
    await client.query('rollback to savepoint part');
    throw error;
  }
}
