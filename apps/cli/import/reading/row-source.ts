import { CliError, exitCode } from '../../exit.js';
import { atField } from '../mapping/mapping-error.js';
import type { ReaderMapping } from '../mapping/reader-mapping.js';
import { openBytes } from './byte-source.js';
import { readLines } from './lines.js';
import { joinQuoted } from './quoted-records.js';
import { isBlank, type RawRecord, type Row } from './row.js';
import { delimitedSplitter, positionSplitter, type Splitter, whitespaceSplitter } from './splitters.js';

/** A file's rows, to be read once, with constant memory. */
export interface RowSource {
  /** The names of the columns, in the order of a row's values. */
  columns: readonly string[];
  /** The lines before the first row, as they stand in the file: what a reject file has to begin with. */
  head: readonly Buffer[];
  /** The rows, as many at a time as a chunk holds; the next chunk is read when they are asked for. */
  rows: AsyncIterable<Row[]>;
  bytesRead(): number;
  totalBytes: number;
}

/**
 * Opens a file and reads as far as its header.
 * @throws CliError when it cannot be read or has no header; InvalidFields when the mapping does not fit it.
 */
export async function openRows(file: string, reader: ReaderMapping): Promise<RowSource> {
  const { chunks, bytesRead, totalBytes } = await openBytes(file);
  const delimiter = reader.delimiter ?? ',';
  const quote = reader.quote ?? '"';
  const trim = reader.trim ?? true;
  const quoted = reader.format === 'delimited' && quote !== '';
  const lines = new Pending(readLines(chunks));
  const head = await lines.take(reader.skipLines ?? 0);
  const records = new Pending(quoted ? joinQuoted(lines, delimiter, quote, trim) : lines);

  const split = splitterOf(reader, delimiter, quote, trim);
  let columns = reader.columns ?? reader.positions?.map(({ name }) => name) ?? [];
  if (reader.header) {
    const header = (await records.take(1))[0];
    if (header === undefined) throw new CliError(`${file} has no header line.`, exitCode.usage);
    head.push(header);
    if (columns.length === 0) columns = namesIn(header, split, file);
  }
  return {
    columns,
    head: head.map(({ raw }) => raw),
    rows: rowsOf(records, split, columns.length, reader.format === 'fixed' && trim),
    bytesRead,
    totalBytes,
  };
}

function splitterOf(reader: ReaderMapping, delimiter: string, quote: string, trim: boolean): Splitter {
  switch (reader.format) {
    case 'delimited':
      return delimitedSplitter(delimiter, quote, trim);
    case 'whitespace':
      return whitespaceSplitter();
    case 'fixed':
      return positionSplitter(reader.positions ?? []);
  }
}

function namesIn(header: RawRecord, split: Splitter, file: string): string[] {
  const { values, problem } = split([header])[0]!;
  if (problem !== undefined) throw new CliError(`The header of ${file} cannot be read: ${problem}.`, exitCode.usage);
  const names = values.map((name) => name.trim());
  const twice = names.find((name, index) => name !== '' && names.indexOf(name) < index);
  if (twice !== undefined) {
    throw atField('reader.columns', 'unique', `the header has the column "${twice}" twice: name the columns here`);
  }
  return names;
}

async function* rowsOf(
  batches: AsyncIterable<RawRecord[]>,
  split: Splitter,
  columns: number,
  trim: boolean,
): AsyncGenerator<Row[]> {
  for await (const batch of batches) {
    const rows = split(batch.filter((record) => !isBlank(record)));
    yield rows.map((row) => {
      if (row.problem !== undefined) return row;
      if (row.values.length !== columns) {
        return { ...row, values: [], problem: `it has ${row.values.length} columns instead of ${columns}` };
      }
      return trim ? { ...row, values: row.values.map((value) => value.trim()) } : row;
    });
  }
}

/** An iteration of batches from which some can be taken one by one before the rest is read. */
class Pending implements AsyncIterable<RawRecord[]> {
  private readonly batches: AsyncIterator<RawRecord[]>;
  private waiting: RawRecord[] = [];

  constructor(batches: AsyncIterable<RawRecord[]>) {
    this.batches = batches[Symbol.asyncIterator]();
  }

  /** The next records; fewer where there are no more. */
  async take(count: number): Promise<RawRecord[]> {
    while (this.waiting.length < count) {
      const { done, value } = await this.batches.next();
      if (done) break;
      this.waiting.push(...value);
    }
    return this.waiting.splice(0, count);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RawRecord[]> {
    if (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      yield batch;
    }
    for (;;) {
      const { done, value } = await this.batches.next();
      if (done) return;
      yield value;
    }
  }
}
