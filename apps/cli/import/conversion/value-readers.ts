import { atField } from '../mapping/mapping-error.js';
import type { DateMapping, DayMapping, NumberMapping, ValueMapping } from '../mapping/value-mapping.js';
import type { Row } from '../reading/row.js';
import { dateReader } from './dates.js';
import { type DecimalText, readDecimal, toPlainText, toUnits } from './decimal-text.js';
import type { Problem } from './problems.js';

/** Reads one field off a row; what is wrong is added to the problems. Undefined: empty, or wrong. */
export type FieldReader<Value> = (row: Row, problems: Problem[]) => Value | undefined;

interface Origin {
  column?: string;
  constant?: string;
  default?: string;
}

/** Makes readers for the fields of a mapping, each bound to its column once, before the first row. */
export class FieldReaders {
  constructor(private readonly columns: readonly string[]) {}

  /** @throws InvalidFields when the mapping names no column of the file. */
  text(field: string, mapping: ValueMapping, { required = false } = {}): FieldReader<string> {
    const raw = this.raw(field, mapping);
    const { words, emptyWhen } = mapping;
    const dictionary = words && new Map(Object.entries(words));
    return (row, problems) => {
      let value = raw(row);
      if (value !== undefined && emptyWhen?.includes(value)) value = mapping.default;
      if (value === undefined) {
        if (required) problems.push({ column: mapping.column, field, message: 'is empty' });
        return undefined;
      }
      return dictionary?.get(value) ?? value;
    };
  }

  /** An instant, RFC 3339 in UTC. */
  instant(field: string, mapping: DateMapping): FieldReader<string> {
    const raw = this.raw(field, mapping);
    const read = dateReader(mapping.format ?? 'iso', mapping.timeZone ?? 'UTC');
    return (row, problems) => {
      const text = raw(row);
      if (text === undefined) {
        problems.push({ column: mapping.column, field, message: 'is empty' });
        return undefined;
      }
      const answer = read(text);
      if ('instant' in answer) return answer.instant;
      problems.push({ column: mapping.column, field, message: `${answer.problem}, not ${quoted(text)}` });
      return undefined;
    };
  }

  /** A day; nothing where it is empty, or is none and the mapping leaves such out. */
  day(field: string, mapping: DayMapping): FieldReader<string> {
    const raw = this.raw(field, mapping);
    const read = dateReader(mapping.format ?? 'iso', 'UTC');
    return (row, problems) => {
      const text = raw(row);
      if (text === undefined) return undefined;
      const answer = read(text);
      if ('instant' in answer) return answer.instant.slice(0, 10);
      if (mapping.whenWrong !== 'leaveOut') {
        problems.push({ column: mapping.column, field, message: `${answer.problem}, not ${quoted(text)}` });
      }
      return undefined;
    };
  }

  /** A number, taken apart and not rounded. */
  number(field: string, mapping: NumberMapping, { required = false } = {}): FieldReader<DecimalText> {
    const raw = this.raw(field, mapping);
    return (row, problems) => {
      const text = raw(row);
      if (text === undefined) {
        if (required) problems.push({ column: mapping.column, field, message: 'is empty' });
        return undefined;
      }
      const number = readDecimal(text, mapping);
      if (number === undefined) {
        problems.push({ column: mapping.column, field, message: `must be a number, not ${quoted(text)}` });
      }
      return number;
    };
  }

  private raw(field: string, { column, constant, default: fallback }: Origin): (row: Row) => string | undefined {
    if ((column === undefined) === (constant === undefined)) {
      throw atField(field, 'origin', 'name a column or a constant, one of the two');
    }
    if (constant !== undefined) return () => constant;
    const index = this.columns.indexOf(column!);
    if (index === -1) {
      const there = this.columns.map((name) => `"${name}"`).join(', ');
      throw atField(`${field}.column`, 'column', `the file has no column "${column}"; it has ${there}`);
    }
    return (row) => {
      const value = row.values[index];
      return value === undefined || value === '' ? fallback : value;
    };
  }
}

/** A number as a count of units, with its sign; undefined, with a problem, when it has too many decimals. */
export function unitsOf(
  number: DecimalText,
  decimals: number,
  field: string,
  mapping: NumberMapping,
  problems: Problem[],
): number | undefined {
  const units = toUnits(number, decimals, mapping.rounding === 'halfEven');
  if (typeof units === 'number') return number.negative && units !== 0 ? -units : units;
  const message = units === 'too-large' ? 'is too large' : `may have ${decimals} decimals and no more`;
  problems.push({ column: mapping.column, field, message });
  return undefined;
}

/** A price as text; undefined, with a problem, when it is negative or has more than 6 decimals. */
export function priceOf(
  number: DecimalText,
  field: string,
  mapping: NumberMapping,
  problems: Problem[],
): string | undefined {
  const text = number.negative && /[1-9]/.test(number.digits) ? undefined : toPlainText(number);
  if (text === undefined) {
    problems.push({ column: mapping.column, field, message: 'must be zero or more, with up to 6 decimals' });
  }
  return text;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
