/**
 * Calendar arithmetic on days `YYYY-MM-DD` and instants RFC 3339 in UTC, both as text: days compare as text, and no
 * time zone of the machine can leak in. A result outside the years 0001 to 9999, which is
 * what four digits and PostgreSQL hold, is told as the nearest day inside.
 */
export const FIRST_DAY = '0001-01-01';
export const LAST_DAY = '9999-12-31';

const DAY_MS = 86_400_000;

/** The day `days` later, or earlier when negative. */
export function addDays(day: string, days: number): string {
  // Most sums stay within a month, and a loyalty level takes one for each lot: Date would cost most of its time.
  const sameMonth = Number(day.slice(8)) + days;
  if (sameMonth >= 1 && sameMonth <= 28) return day.slice(0, 8) + String(sameMonth).padStart(2, '0');
  // Date.parse and not Date.UTC, which takes the year 99 for 1999.
  const time = Date.parse(`${day}T00:00:00Z`) + days * DAY_MS;
  if (!(time >= Date.parse(`${FIRST_DAY}T00:00:00Z`))) return FIRST_DAY;
  if (time > Date.parse(`${LAST_DAY}T00:00:00Z`)) return LAST_DAY;
  return new Date(time).toISOString().slice(0, 10);
}

/**
 * The same day of the month `months` later, or earlier when negative; the month's last day where it is shorter:
 * 2024-02-29 + 12 months is 2025-02-28, and 2025-03-31 − 1 month is 2025-02-28.
 */
export function addMonths(day: string, months: number): string {
  const count = yearOf(day) * 12 + (Number(day.slice(5, 7)) - 1) + months;
  const year = Math.floor(count / 12);
  if (year < 1) return FIRST_DAY;
  if (year > 9999) return LAST_DAY;
  const month = count - year * 12 + 1;
  return dayOf(year, month, Math.min(Number(day.slice(8)), daysInMonth(year, month)));
}

/** The year of a day, as a number. */
export function yearOf(day: string): number {
  return Number(day.slice(0, 4));
}

/** The last day of a year. */
export function lastDayOfYear(year: number): string {
  return year > 9999 ? LAST_DAY : dayOf(year, 12, 31);
}

function dayOf(year: number, month: number, day: number): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Which instant is earlier: negative when `a` is. Instants do not compare as text: `…00.5Z` sorts before `…00Z`. */
export function compareInstants(a: string, b: string): number {
  const [left, right] = [comparable(a), comparable(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Without `Z` and trailing zeros of the fraction, a later instant is also the later text. */
function comparable(instant: string): string {
  const bare = instant.slice(0, -1);
  return bare.includes('.') ? bare.replace(/\.?0+$/, '') : bare;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** The day on which an instant falls in an IANA time zone. */
export function dayIn(timeZone: string, instant: string): string {
  if (timeZone === 'UTC') return instant < FIRST_DAY ? FIRST_DAY : instant.slice(0, 10);
  const parts = formatterOf(timeZone).formatToParts(Date.parse(instant));
  const part = (type: string): number => Number(parts.find((each) => each.type === type)?.value);
  // The year of an era before Christ is told without its sign.
  if (parts.some(({ type, value }) => type === 'era' && value.startsWith('B'))) return FIRST_DAY;
  const year = part('year');
  if (year > 9999) return LAST_DAY;
  return dayOf(year, part('month'), part('day'));
}

/** Whether this is a time zone in which `dayIn` can tell a day. */
export function isTimeZone(timeZone: string): boolean {
  try {
    formatterOf(timeZone);
    return true;
  } catch {
    return false;
  }
}

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone,
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
    });
    formatters.set(timeZone, formatter);
  }
  return formatter;
}
