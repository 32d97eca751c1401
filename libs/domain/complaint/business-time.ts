import { type ComplaintRules, WEEKDAYS } from '#contracts/rules/complaint-rules.js';
import { addDays, dayIn, LAST_DAY } from '../calendar.js';

/** When the clock of a deadline runs: spans of weekdays in a time zone, without holidays. */
export type BusinessCalendar = Pick<ComplaintRules, 'timeZone' | 'businessHours' | 'holidays'>;

/** From the first instant to before the second, in milliseconds since 1970. */
type Span = [from: number, to: number];

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** How far is looked ahead at once. */
const WINDOW_MS = 7 * DAY_MS;
const END_OF_TIME = Date.parse(`${LAST_DAY}T23:59:59.999Z`);

/** The first instant by which so many business minutes have passed since the given one. */
export function addBusinessMinutes(calendar: BusinessCalendar, instant: string, minutes: number): string {
  return addBusinessMs(calendar, instant, minutes * MINUTE_MS);
}

/** The same in milliseconds. */
export function addBusinessMs(calendar: BusinessCalendar, instant: string, ms: number): string {
  let remaining = ms;
  for (let from = Date.parse(instant); remaining > 0 && from < END_OF_TIME; from += WINDOW_MS) {
    for (const [start, end] of openBetween(calendar, from, from + WINDOW_MS)) {
      if (end - start >= remaining) return textOf(start + remaining);
      remaining -= end - start;
    }
  }
  return remaining > 0 ? textOf(END_OF_TIME) : instant;
}

/** How much business time lies between two instants, in milliseconds; none when the second is not later. */
export function businessMsBetween(calendar: BusinessCalendar, from: string, to: string): number {
  const end = Date.parse(to);
  let sum = 0;
  for (let start = Date.parse(from); start < end; start += WINDOW_MS) {
    const open = openBetween(calendar, start, Math.min(start + WINDOW_MS, end));
    sum += open.reduce((total, [from, to]) => total + to - from, 0);
  }
  return sum;
}

/** The open spans between two instants, in order and apart. */
function openBetween(calendar: BusinessCalendar, from: number, to: number): Span[] {
  // A day before and after: where the clock is set back over midnight, a local day is not one piece.
  const last = addDays(dayIn(calendar.timeZone, isoOf(to)), 1);
  const spans: Span[] = [];
  for (let day = addDays(dayIn(calendar.timeZone, isoOf(from)), -1); day <= last; day = addDays(day, 1)) {
    spans.push(...openOn(calendar, day));
    if (day === LAST_DAY) break;
  }
  return spans
    .map(([start, end]): Span => [Math.max(start, from), Math.min(end, to)])
    .filter(([start, end]) => start < end)
    .sort(([a], [b]) => a - b);
}

/**
 * The open spans of a local day. On a day on which the clock is changed, what it shows before the change and after it
 * are looked at apart: an hour that is skipped has no business time, and one that comes twice has it twice.
 */
function openOn({ timeZone, businessHours, holidays }: BusinessCalendar, day: string): Span[] {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const weekday = WEEKDAYS[(new Date(midnight).getUTCDay() + 6) % 7];
  const hours = businessHours.filter((span) => span.weekday === weekday);
  if (hours.length === 0 || holidays.includes(day)) return [];
  const clock = hours.map(({ from, to }): Span => [midnight + msOf(from), midnight + msOf(to)]);
  const at = (offset: number): Span[] => clock.map(([from, to]) => [from - offset, to - offset]);
  // The whole day, wherever on earth.
  const [earliest, latest] = [midnight - 15 * HOUR_MS, midnight + 39 * HOUR_MS];
  const [before, after] = [offsetAt(timeZone, earliest), offsetAt(timeZone, latest)];
  if (before === after) return at(before);
  const change = changeBetween(timeZone, earliest, latest);
  return [
    ...at(before).map(([from, to]): Span => [from, Math.min(to, change)]),
    ...at(after).map(([from, to]): Span => [Math.max(from, change), to]),
  ].filter(([from, to]) => from < to);
}

/** The first millisecond with the later offset. */
function changeBetween(timeZone: string, earliest: number, latest: number): number {
  const before = offsetAt(timeZone, earliest);
  let [low, high] = [earliest, latest];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(timeZone, middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** How far the local clock is ahead of UTC at an instant, in milliseconds. */
function offsetAt(timeZone: string, instant: number): number {
  if (timeZone === 'UTC') return 0;
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(timeZone, formatter);
  }
  const second = Math.floor(instant / 1000) * 1000;
  const parts = new Map(formatter.formatToParts(second).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type)!;
  const local = new Date(0);
  // Not Date.UTC, which takes the year 99 for 1999.
  local.setUTCFullYear(part('year'), part('month') - 1, part('day'));
  local.setUTCHours(part('hour'), part('minute'), part('second'));
  return local.getTime() - second;
}

/** `HH:MM` of a day, in milliseconds. */
function msOf(time: string): number {
  return Number(time.slice(0, 2)) * HOUR_MS + Number(time.slice(3)) * MINUTE_MS;
}

function isoOf(ms: number): string {
  return new Date(Math.min(ms, END_OF_TIME)).toISOString();
}

function textOf(ms: number): string {
  return isoOf(ms).replace('.000Z', 'Z');
}
