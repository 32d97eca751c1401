import type { Pool } from 'pg';
import type { EventStore } from '#event-store/event-store.js';
import type { StoredEvent } from '#event-store/protocol/read-answer.js';
import { type Entity, tableOf } from '#platform/database/entity.js';
import type { Build } from '#processing/builds/build.js';
import type { Projection, RecordedEvent } from '#processing/projection.js';
import { RowTable } from '#processing/row-table.js';

/** Every event of a store, read at once and without the engine. */
export async function eventsOfStore(store: EventStore): Promise<RecordedEvent[]> {
  const stored: StoredEvent[] = [];
  await new Promise<void>((resolve, reject) => {
    const subscription = store.subscribe(undefined, {
      event: (event) => stored.push(event),
      checkpoint: () => {},
      caughtUp: () => {
        subscription.end();
        resolve();
      },
      lost: reject,
    });
  });
  return (await store.decode(stored)) as RecordedEvent[];
}

/** What the rows of a view have to be, without batches, checkpoints or a database; by their keys. */
export function folded<Row extends object>(projection: Projection<Row>, events: RecordedEvent[]): Row[] {
  const byKey = new Map<string, Row>();
  for (const event of events) {
    const key = projection.key(event);
    if (key === undefined) continue;
    const row = projection.evolve(byKey.get(key), event);
    if (row) byKey.set(key, row);
    else byKey.delete(key);
  }
  return [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => asStored(projection, row));
}

/** The same of all tables of a view: its rows, and those of its listing. */
export function foldedTables<Row extends object>(projection: Projection<Row>, events: RecordedEvent[]): object[][] {
  const rows = folded(projection, events);
  const { listing } = projection;
  if (!listing) return [rows];
  return [rows, rows.flatMap((row) => listing.rowOf(row) ?? []).map((row) => asStored(listing, row))];
}

/** The rows of a build of a view, of the live one where no other is named; by their keys. */
export async function storedRows<Row extends object>(
  pool: Pool,
  { table }: Pick<Projection<Row>, 'table'>,
  build: Build = 'live',
): Promise<Row[]> {
  const { name, selection, keyColumn } = new RowTable(table, build);
  return (await pool.query<Row>(`select ${selection} from ${name} order by ${keyColumn}`)).rows;
}

/** The rows of all tables of a build of a view: its own, and those of its listing. */
export function storedTables<Row extends object>(
  pool: Pool,
  { table, listing }: Projection<Row>,
  build: Build = 'live',
): Promise<object[][]> {
  const tables = [table, ...(listing ? [listing.table] : [])];
  return Promise.all(tables.map((each) => storedRows(pool, { table: each as Projection<object>['table'] }, build)));
}

/** A column of type timestamptz keeps the instant, and not how it was written: `…00Z` comes back as `…00.000Z`. */
function asStored<Row extends object>({ table }: { table: Entity }, row: Row): Row {
  const stored = { ...row } as Record<string, unknown>;
  for (const { property, type } of tableOf(table).columns) {
    const value = stored[property];
    if (type === 'timestamptz' && typeof value === 'string') stored[property] = new Date(value).toISOString();
  }
  return stored as Row;
}
