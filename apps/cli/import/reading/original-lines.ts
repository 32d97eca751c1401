import { existsSync } from 'node:fs';
import { CliError, exitCode } from '../../exit.js';
import type { ReaderMapping } from '../mapping/reader-mapping.js';
import { reasonsFileOf } from '../running/rejects.js';
import type { Row } from './row.js';
import { openRows, type RowSource } from './row-source.js';

/**
 * Opens the rows of a file in which a row's line number is its identity. In a corrected reject file the rows stand on
 * other lines than in the file that they come from: its companion tells which, so that they keep their identity.
 * @throws CliError (exit code 2) when the companion does not fit.
 */
export async function openNumberedRows(file: string, reader: ReaderMapping): Promise<RowSource> {
  const companion = reasonsFileOf(file);
  if (!existsSync(companion)) return openRows(file, reader);
  const lines = await linesIn(companion);
  let count = 0;
  for await (const rows of (await openRows(file, reader)).rows) count += rows.length;
  // Found out before the first row is imported: afterwards it would be recorded under a wrong identity.
  if (count !== lines.length) {
    throw new CliError(
      `${file} has ${count} rows and ${companion} has ${lines.length} lines. Correct rows in place and leave out none, because the line there is a row's identity.`,
      exitCode.usage,
    );
  }
  const source = await openRows(file, reader);
  return { ...source, rows: renumbered(source.rows, lines) };
}

async function linesIn(companion: string): Promise<number[]> {
  const source = await openRows(companion, { format: 'delimited', header: true });
  const lines: number[] = [];
  for await (const rows of source.rows) {
    for (const { values, line } of rows) {
      const number = Number(values[0]);
      if (!Number.isSafeInteger(number) || number < 1) {
        throw new CliError(`${companion} has no line number on line ${line}.`, exitCode.usage);
      }
      lines.push(number);
    }
  }
  return lines;
}

async function* renumbered(batches: AsyncIterable<Row[]>, lines: readonly number[]): AsyncGenerator<Row[]> {
  let next = 0;
  for await (const rows of batches) yield rows.map((row) => ({ ...row, line: lines[next++]! }));
}
