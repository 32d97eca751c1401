import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { withoutPersonalFields } from '#apps/api/auth/personal-data.js';
import type { Recorded } from '#contracts/envelope.js';
import type { EventStore } from '#event-store/event-store.js';
import { readHistory } from '#event-store/history.js';
import { CliError, exitCode } from '../exit.js';
import { rangeOf, type SelectionOptions } from '../history/selection.js';
import type { Progress } from '../import/running/progress.js';
import { withDuckDb, writeParquet } from '../results/duckdb.js';
import { Spool } from '../results/spool.js';
import { EXPORT_COLUMNS, exportLine } from './export-columns.js';

/** So that what is on its way stays small, and a reader can leave out whole files. */
const MOST_IN_A_FILE = 250_000;

export interface Export {
  out: string;
  selection: SelectionOptions;
  /** With the personal fields, sealed as they stand in the log. */
  personalData: boolean;
}

export interface ExportSummary {
  events: number;
  files: number;
  /** The last position that was looked at; none of an empty history. */
  position: string | null;
}

/**
 * Writes the history into a folder as Parquet, by month of recording, whole or not at all. Personal fields are left
 * out, or stay sealed: a file that was exported before a person was erased tells no more of them than the log does.
 * @throws CliError
 */
export async function exportHistory(store: EventStore, wanted: Export, progress: Progress): Promise<ExportSummary> {
  const out = resolve(wanted.out);
  refuseUnlessEmpty(out, wanted.out);
  const range = await rangeOf(store, wanted.selection);
  const beside = join(dirname(out), `.${basename(out)}.${process.pid}`);
  try {
    mkdirSync(beside, { recursive: true });
    const summary = await withDuckDb(async (connection) => {
      const months = new Months(connection, beside);
      const totalBytes = Number(range.through ?? (await store.head()) ?? 0n);
      let events = 0;
      let last: bigint | undefined;
      for await (const batch of readHistory(store, range)) {
        for (const event of batch.events)
          await months.add(wanted.personalData ? sealed(event) : withoutPersonalFields(event));
        events += batch.events.length;
        last = batch.position;
        progress.update({ rows: events, bytesDone: Number(last), totalBytes });
      }
      await months.end();
      return { events, files: months.files, position: last?.toString() ?? null };
    });
    renameSync(beside, out);
    return summary;
  } catch (error) {
    rmSync(beside, { recursive: true, force: true });
    throw error;
  }
}

/** As it stands in the log. */
function sealed(event: Recorded): Recorded {
  return event.sealed === undefined ? event : { ...event, data: event.sealed };
}

function refuseUnlessEmpty(out: string, given: string): void {
  try {
    if (readdirSync(out).length === 0) return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw new CliError(`${given} cannot be used: ${(error as Error).message}.`, exitCode.usage);
  }
  throw new CliError(`${given} is not empty: an export takes a folder of its own.`, exitCode.usage);
}

/** Files of events in the order in which they come: a new one when the month changes, or when one is full. */
class Months {
  private spool: Spool | undefined;
  private month = '';
  files = 0;

  constructor(
    private readonly connection: DuckDBConnection,
    private readonly folder: string,
  ) {}

  async add(event: Recorded): Promise<void> {
    const month = event.recordedAt.slice(0, 7);
    if (month !== this.month || this.spool?.size === MOST_IN_A_FILE) await this.end();
    this.month = month;
    this.spool ??= new Spool();
    await this.spool.addLine(exportLine(event));
  }

  async end(): Promise<void> {
    const { spool } = this;
    if (spool === undefined) return;
    this.spool = undefined;
    try {
      await spool.end();
      const folder = join(this.folder, `recorded_month=${this.month}`);
      mkdirSync(folder, { recursive: true });
      this.files += 1;
      const file = join(folder, `events-${String(this.files).padStart(5, '0')}.parquet`);
      await writeParquet(this.connection, { file: spool.file, columns: EXPORT_COLUMNS }, file);
    } finally {
      spool.remove();
    }
  }
}
