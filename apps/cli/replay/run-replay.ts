import type { EventStore } from '#event-store/event-store.js';
import { type HistoryRange, readHistory } from '#event-store/history.js';
import { createPool } from '#platform/database/pool.js';
import type { Context } from '../context.js';
import { type Opened, withHistory } from '../history/opened.js';
import { rangeOf, type SelectionOptions } from '../history/selection.js';
import { noProgress, type Progress, progressOn } from '../import/running/progress.js';
import { replaceTable, SCHEMA } from '../results/analysis-table.js';
import { type Destination, writeRows } from '../results/destination.js';
import { Spool } from '../results/spool.js';
import { connectionsFor } from '../running.js';
import { type Bundle, bundle } from './bundle.js';
import { type Limits, ProjectionProcess } from './projection-process.js';

/** What `rapport replay` was called with. */
export interface Replay {
  file: string;
  selection: SelectionOptions;
  personalData: boolean;
  limits: Limits;
  /** Where the rows go; left out: only into the table. */
  destination?: Destination;
  table?: string;
}

/** What came of it. */
export interface ReplaySummary {
  projection: string;
  events: number;
  /** The last position that was looked at; none of an empty history. */
  position: string | null;
  rows: number;
  seconds: number;
}

/** Runs an analyst's projection over the history and writes its rows. @throws CliError */
export async function runReplay(replay: Replay, context: Context): Promise<ReplaySummary> {
  const began = performance.now();
  const code = await bundle(replay.file);
  // Found out before the history is read, not after it.
  const databaseUrl = replay.table === undefined ? undefined : connectionsFor(context, 'databaseUrl').databaseUrl;
  const progress = context.output.json ? noProgress : progressOn(process.stderr, () => performance.now(), 'events');
  const spool = new Spool();
  try {
    const folded = await withHistory(context, replay.personalData, (opened) =>
      fold(replay, code, opened, spool, progress),
    );
    await spool.end();
    if (databaseUrl !== undefined) await intoTable(databaseUrl, replay.table!, spool, folded);
    if (replay.destination) await writeRows(spool, replay.destination, (line) => context.output.notice(line));
    return { ...folded, rows: spool.size, seconds: Math.round((performance.now() - began) / 100) / 10 };
  } finally {
    progress.end();
    spool.remove();
  }
}

type Folded = Pick<ReplaySummary, 'projection' | 'events' | 'position'>;

async function fold(
  { selection, limits }: Replay,
  code: Bundle,
  { store, shown }: Opened,
  spool: Spool,
  progress: Progress,
): Promise<Folded> {
  const range = await rangeOf(store, selection);
  const running = new ProjectionProcess(code, limits);
  try {
    const { name, types } = await running.load();
    const { events, position } = await handOver(store, narrowed(range, types), { running, shown, progress });
    progress.end();
    for await (const row of running.rows()) await spool.add(row);
    return { projection: name, events, position: position?.toString() ?? null };
  } finally {
    await running.close();
  }
}

async function handOver(
  store: EventStore,
  range: HistoryRange,
  { running, shown, progress }: Pick<Opened, 'shown'> & { running: ProjectionProcess; progress: Progress },
): Promise<{ events: number; position: bigint | undefined }> {
  const totalBytes = Number(range.through ?? (await store.head()) ?? 0n);
  let events = 0;
  let last: bigint | undefined;
  for await (const { events: some, position } of readHistory(store, range)) {
    if (!(await running.take(some.map(shown)))) break;
    events += some.length;
    last = position;
    progress.update({ rows: events, bytesDone: Number(position), totalBytes });
  }
  return { events, position: last };
}

/** What neither the projection nor the user wants is not opened, nor handed over. */
function narrowed(range: HistoryRange, types: string[] | null): HistoryRange {
  if (types === null) return range;
  const wanted = new Set(types);
  return { ...range, selects: (event) => wanted.has(event.type) && range.selects!(event) };
}

async function intoTable(databaseUrl: string, table: string, spool: Spool, { projection, position }: Folded) {
  const pool = createPool(databaseUrl, { max: 1 });
  try {
    await replaceTable(pool, table, spool, `${projection}, replayed up to position ${position}`);
  } finally {
    await pool.end();
  }
}

/** A table as it is called in SQL. */
export function tableName(table: string): string {
  return `${SCHEMA}.${table}`;
}
