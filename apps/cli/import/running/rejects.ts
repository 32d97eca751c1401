import { once } from 'node:events';
import { createWriteStream, existsSync, type WriteStream } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Row } from '../reading/row.js';

/** A row that was refused, and why. */
export interface Reject {
  row: Row;
  reason: string;
}

/** Where refused rows go. */
export interface Rejects {
  /** In the order of the file. */
  add(rejects: readonly Reject[]): Promise<void>;
  close(): Promise<void>;
}

/** What the companion of a reject file is called. */
export function reasonsFileOf(rejectFile: string): string {
  return `${rejectFile}.reasons.csv`;
}

/**
 * The reject file of an input file, in the working directory: `orders.csv.gz` has `orders.rejected.csv`. One that is
 * there already may hold rows that somebody is correcting, so it is left alone and the next free number is taken.
 */
export function defaultRejectFile(input: string, directory = process.cwd()): string {
  const plain = basename(input).replace(/\.gz$/i, '');
  const extension = extname(plain);
  const name = plain.slice(0, plain.length - extension.length);
  for (let number = 1; ; number++) {
    const file = resolve(directory, `${name}.rejected${number === 1 ? '' : `.${number}`}${extension}`);
    if (!existsSync(file) && !existsSync(reasonsFileOf(file))) return file;
  }
}

/**
 * Writes refused rows as they stood in the file, below the file's own header, so that they can be corrected and
 * imported with the same mapping; and beside it a CSV of `line,reason`, a line for each of them. Both files are made
 * with the first refused row.
 */
export class RejectFiles implements Rejects {
  private open: { rows: WriteStream; reasons: WriteStream } | undefined;

  constructor(
    readonly file: string,
    private readonly head: readonly Buffer[],
  ) {}

  async add(rejects: readonly Reject[]): Promise<void> {
    if (rejects.length === 0) return;
    const { rows, reasons } = this.opened();
    let more = true;
    for (const { row, reason } of rejects) {
      more = writeLine(rows, row.raw) && more;
      more = reasons.write(`${row.line},"${reason.replaceAll('"', '""')}"\n`) && more;
    }
    // Whoever finds bad rows waits for the disk, so that a file of nothing else does not pile up in memory.
    if (!more) await Promise.all([rows, reasons].filter(({ writableNeedDrain }) => writableNeedDrain).map(drained));
  }

  async close(): Promise<void> {
    if (this.open === undefined) return;
    const streams = Object.values(this.open);
    for (const stream of streams) stream.end();
    await Promise.all(streams.map((stream) => finished(stream)));
  }

  private opened(): { rows: WriteStream; reasons: WriteStream } {
    if (this.open === undefined) {
      this.open = { rows: createWriteStream(this.file), reasons: createWriteStream(reasonsFileOf(this.file)) };
      // An error is kept by the stream and thrown where it is waited for.
      for (const stream of Object.values(this.open)) stream.on('error', () => {});
      for (const line of this.head) writeLine(this.open.rows, line);
      this.open.reasons.write('line,reason\n');
    }
    return this.open;
  }
}

function writeLine(stream: WriteStream, raw: Buffer): boolean {
  stream.write(raw);
  return stream.write('\n');
}

async function drained(stream: WriteStream): Promise<void> {
  if (stream.errored) throw stream.errored;
  await once(stream, 'drain');
}
