import { zonedToUtc } from './time-zone.js';

/** Turns a date's text into an RFC 3339 instant in UTC, or tells why it is none. */
export type DateReader = (text: string) => { instant: string } | { problem: string };

export const DATE_FORMAT_HELP =
  'must be "iso", or be made of yyyy, MM or M, dd or d, and if there is a time HH or H, mm, ss, SSS, with other characters as they are, as dd/MM/yyyy HH:mm';

const TOKENS: Readonly<Record<string, string>> = {
  yyyy: '(?<yyyy>\\d{4})',
  MM: '(?<MM>\\d{2})',
  M: '(?<MM>\\d{1,2})',
  dd: '(?<dd>\\d{2})',
  d: '(?<dd>\\d{1,2})',
  HH: '(?<HH>\\d{2})',
  H: '(?<HH>\\d{1,2})',
  mm: '(?<mm>\\d{2})',
  ss: '(?<ss>\\d{2})',
  SSS: '(?<fraction>\\d{3})',
};
const TOKEN = /yyyy|MM?|dd?|HH?|mm|ss|SSS/g;
const ISO =
  /^(?<yyyy>\d{4})-(?<MM>\d{2})-(?<dd>\d{2})(?:[T ](?<HH>\d{2}):(?<mm>\d{2})(?::(?<ss>\d{2})(?:\.(?<fraction>\d{1,9}))?)?(?<offset>Z|[+-]\d{2}:?\d{2})?)?$/;

/** Whether it is a date format that names year, month and day once each. */
export function isDateFormat(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  if (value === 'iso') return true;
  const fields = (value.match(TOKEN) ?? []).map((token) => (token === 'mm' ? 'minute' : token[0]!));
  const literals = value.replaceAll(TOKEN, '');
  const unique = new Set(fields).size === fields.length;
  return unique && ['y', 'M', 'd'].every((field) => fields.includes(field)) && !/[A-Za-z0-9]/.test(literals);
}

/** Whether this machine knows the time zone. */
export function isTimeZone(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}

/** How many texts keep their instant: neighbouring rows often share a day. */
const REMEMBERED = 10_000;

/** A reader of dates written in a format. A text without an offset of its own is in the time zone. */
export function dateReader(format: string, timeZone: string): DateReader {
  const pattern = format === 'iso' ? ISO : patternOf(format);
  const known = new Map<string, ReturnType<DateReader>>();
  return (text) => {
    let answer = known.get(text);
    if (answer === undefined) {
      answer = read(text, pattern, format, timeZone);
      if (known.size === REMEMBERED) known.clear();
      known.set(text, answer);
    }
    return answer;
  };
}

function patternOf(format: string): RegExp {
  const escaped = format.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll(TOKEN, (token) => TOKENS[token]!)}$`);
}

function read(text: string, pattern: RegExp, format: string, timeZone: string): ReturnType<DateReader> {
  const parts = pattern.exec(text)?.groups;
  if (parts === undefined) {
    return { problem: `must be a date ${format === 'iso' ? 'as 2026-01-31 or 2026-01-31T08:15:00Z' : `as ${format}`}` };
  }
  const number = (part: string) => Number(parts[part] ?? 0);
  const milliseconds = Number((parts.fraction ?? '').padEnd(3, '0').slice(0, 3));
  const local = new Date(0);
  local.setUTCFullYear(number('yyyy'), number('MM') - 1, number('dd'));
  local.setUTCHours(number('HH'), number('mm'), number('ss'), milliseconds);
  // JavaScript turns 31 February into 3 March: what comes out must be what went in.
  const same =
    local.getUTCFullYear() === number('yyyy') &&
    local.getUTCMonth() === number('MM') - 1 &&
    local.getUTCDate() === number('dd') &&
    local.getUTCHours() === number('HH') &&
    local.getUTCMinutes() === number('mm') &&
    local.getUTCSeconds() === number('ss');
  if (!same) return { problem: 'must be a day and a time that exist in the calendar' };
  const utc =
    parts.offset === undefined ? zonedToUtc(local.getTime(), timeZone) : local.getTime() - offsetOf(parts.offset);
  if (utc === undefined) return { problem: `must be a time that exists in ${timeZone}: clocks were put forward then` };
  const instant = new Date(utc).toISOString();
  // Beyond the years 0000 to 9999 it is written with a sign, which RFC 3339 does not know.
  if (instant.length !== 24) return { problem: 'must be in the years 0000 to 9999' };
  return { instant: milliseconds === 0 ? `${instant.slice(0, 19)}Z` : instant };
}

function offsetOf(offset: string): number {
  if (offset === 'Z') return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2));
  return (offset.startsWith('-') ? -1 : 1) * minutes * 60_000;
}
