import { isUtf8 } from 'node:buffer';
import { parse as parseDelimited } from 'csv-parse/sync';
import { type RawRecord, type Row, unreadable } from './row.js';

/** Splits records into columns, a batch at a time. A record that cannot be split becomes a row with a problem. */
export type Splitter = (records: RawRecord[]) => Row[];

const NOT_UTF8 = 'it holds bytes that are not UTF-8';

/** Columns separated by runs of blanks. Blanks at both ends do not count. */
export function whitespaceSplitter(): Splitter {
  return textSplitter((text) => text.trim().split(/\s+/));
}

/** Columns at fixed places, counted in characters from 1. */
export function positionSplitter(positions: readonly { start: number; length: number }[]): Splitter {
  return textSplitter((text) =>
    // A line that ends early has its last columns empty: many programs cut blanks at the end off.
    positions.map(({ start, length }) => text.slice(start - 1, start - 1 + length)),
  );
}

/** Columns separated by a character, with or without quotes (RFC 4180). */
export function delimitedSplitter(delimiter: string, quote: string, trim: boolean): Splitter {
  const options = {
    delimiter,
    quote: quote === '' ? null : quote,
    escape: quote === '' ? null : quote,
    record_delimiter: '\n',
    relax_column_count: true,
    trim,
  };
  const split = (rows: { record: RawRecord; text: string }[]): Row[] => {
    // One call for many records, because setting the parser up costs more than most records. When it refuses them,
    // halving finds those that are to blame.
    try {
      const parsed = parseDelimited(rows.map(({ text }) => text).join('\n'), options) as string[][];
      if (parsed.length !== rows.length) throw new Error('its quotes do not match');
      return rows.map(({ record }, index) => ({ ...record, values: parsed[index]! }));
    } catch (error) {
      if (rows.length === 1) return [unreadable(rows[0]!.record, quoteProblem(error))];
      const half = rows.length >> 1;
      return [...split(rows.slice(0, half)), ...split(rows.slice(half))];
    }
  };
  return (records) => {
    const rows: Row[] = [];
    let run: { record: RawRecord; text: string }[] = [];
    for (const record of records) {
      const text = textOf(record);
      if (text !== undefined) {
        run.push({ record, text });
        continue;
      }
      if (run.length > 0) for (const row of split(run)) rows.push(row);
      run = [];
      rows.push(unreadable(record, record.problem ?? NOT_UTF8));
    }
    if (run.length > 0) for (const row of split(run)) rows.push(row);
    return rows;
  };
}

function textSplitter(split: (text: string) => string[]): Splitter {
  return (records) =>
    records.map((record) => {
      const text = textOf(record);
      if (text === undefined) return unreadable(record, record.problem ?? NOT_UTF8);
      return { line: record.line, raw: record.raw, values: split(text) };
    });
}

/** The record's text without a carriage return at its end; undefined when it cannot be read. */
function textOf({ raw, problem }: RawRecord): string | undefined {
  if (problem !== undefined || !isUtf8(raw)) return undefined;
  const end = raw.length > 0 && raw[raw.length - 1] === 0x0d ? raw.length - 1 : raw.length;
  return raw.toString('utf8', 0, end);
}

function quoteProblem(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code.includes('OPENING_QUOTE')) return 'a quote stands inside a field that does not begin with one';
  if (code.includes('CLOSING_QUOTE')) return 'text follows a closing quote';
  return 'its quotes do not match';
}
