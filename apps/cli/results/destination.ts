import { createReadStream, createWriteStream, renameSync, rmSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import { unreachable } from '#domain/decider.js';
import { CliError, exitCode } from '../exit.js';
import type { Column, Row } from './columns.js';
import { csvLine, csvRow } from './csv.js';
import { withDuckDb, writeParquet } from './duckdb.js';
import { tableLines } from './printed-table.js';
import type { Spool } from './spool.js';

const FORMATS = ['table', 'csv', 'json', 'parquet'] as const;
export type Format = (typeof FORMATS)[number];
const OF_EXTENSION: Record<string, Format> = {
  '.csv': 'csv',
  '.json': 'json',
  '.jsonl': 'json',
  '.ndjson': 'json',
  '.parquet': 'parquet',
  '.txt': 'table',
};

/** More rows than that nobody reads from a screen, and they would all have to be held to be aligned. */
export const MOST_PRINTED = 1_000;

/** Where a result goes, and in which form. */
export interface Destination {
  format: Format;
  /** Left out: standard output. */
  out?: string;
  /** Only for its owner to read. */
  isPrivate?: boolean;
}

export interface DestinationOptions {
  format?: Format;
  out?: string;
}

export function addDestinationOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--format <format>', 'form of the rows (default: by the name of --out, else table)').choices(FORMATS),
    )
    .option('--out <file>', 'write the rows into a file instead of standard output');
}

/** @throws CliError (exit code 2) where it cannot be written so. */
export function destinationOf({ format, out }: DestinationOptions, json: boolean): Destination {
  if (out === '') throw new CliError('--out needs a value.', exitCode.usage);
  const usual = out === undefined ? (json ? 'json' : 'table') : (OF_EXTENSION[extname(out).toLowerCase()] ?? 'csv');
  const chosen = format ?? usual;
  if (chosen === 'parquet' && out === undefined && process.stdout.isTTY) {
    throw new CliError('Parquet is nothing for a screen: name a file with --out.', exitCode.usage);
  }
  return { format: chosen, out };
}

/** What a reader should know of what was left out. */
export type Notice = (line: string) => void;

/** Writes the rows of a spool, which has ended. */
export async function writeRows(spool: Spool, destination: Destination, notice: Notice): Promise<void> {
  if (destination.format !== 'parquet') return writeTexts(textsOf(spool, destination.format, notice), destination);
  if (spool.columns.length === 0) {
    throw new CliError('There are no rows, and so no columns: Parquet cannot say that.', exitCode.refused);
  }
  const target = `${spool.file}.parquet`;
  await withDuckDb((connection) => writeParquet(connection, spool, target));
  await writeTexts(createReadStream(target), destination);
}

/** Writes what comes, whole or not at all where it goes into a file. */
export async function writeTexts(texts: AsyncIterable<string | Buffer>, destination: Destination): Promise<void> {
  const { out, isPrivate } = destination;
  if (out === undefined) {
    try {
      await pipeline(Readable.from(texts), process.stdout, { end: false });
    } catch (error) {
      // Whoever read it has seen enough (`| head`).
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
    }
    return;
  }
  const beside = `${resolve(out)}.${process.pid}`;
  try {
    await pipeline(Readable.from(texts), createWriteStream(beside, { mode: isPrivate ? 0o600 : 0o666 }));
    renameSync(beside, out);
  } catch (error) {
    rmSync(beside, { force: true });
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new CliError(`${out} cannot be written: ${(error as Error).message}.`, exitCode.usage);
  }
}

async function* textsOf(spool: Spool, format: Exclude<Format, 'parquet'>, notice: Notice): AsyncGenerator<string> {
  const { columns } = spool;
  switch (format) {
    case 'table': {
      const shown = await firstOf(spool.rows(), MOST_PRINTED);
      const left = spool.size - shown.length;
      yield* printed(columns, shown, left > 0 ? left.toLocaleString('en') : undefined, notice);
      return;
    }
    case 'csv':
      if (columns.length > 0) yield csvLine(columns.map(({ name }) => name));
      for await (const row of spool.rows()) yield csvRow(columns, row);
      return;
    case 'json':
      for await (const row of spool.rows()) yield `${JSON.stringify(row)}\n`;
      return;
    default:
      unreachable(format);
  }
}

/** Rows as an aligned table. @param more how many are left out, in words; left out: none. */
export function* printed(
  columns: readonly Column[],
  shown: Row[],
  more: string | undefined,
  notice: Notice,
): Generator<string> {
  if (columns.length > 0) yield `${tableLines(columns, shown).join('\n')}\n`;
  if (more !== undefined) notice(`… and ${more} more rows: --format csv, json or parquet writes them all`);
}

async function firstOf(rows: AsyncIterable<Row>, most: number): Promise<Row[]> {
  const first: Row[] = [];
  for await (const row of rows) {
    first.push(row);
    if (first.length === most) break;
  }
  return first;
}
