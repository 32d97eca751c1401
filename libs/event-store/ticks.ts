/** A tick is a ten-thousandth of a millisecond. */
const DIGITS_OF_TICKS = 4;
const DAY = 86_400_000;
/** The days of a history, as they are written: making a text of a date takes longer than all else of an instant. */
const days = new Map<number, string>();
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** @param ticks of 100 ns since the Unix epoch, decimal. @returns to the millisecond, RFC 3339 UTC */
export function instantOf(ticks: string): string {
  const instant = Number(ticks.slice(0, -DIGITS_OF_TICKS));
  const day = Math.floor(instant / DAY);
  const milliseconds = instant - day * DAY;
  const seconds = Math.floor(milliseconds / 1_000);
  const minutes = Math.floor(seconds / 60);
  const hours = TWO_DIGITS[Math.floor(minutes / 60)];
  const rest = String(1_000 + milliseconds - seconds * 1_000).slice(1);
  return `${dateOf(day)}T${hours}:${TWO_DIGITS[minutes % 60]}:${TWO_DIGITS[seconds % 60]}.${rest}Z`;
}

function dateOf(day: number): string {
  let date = days.get(day);
  if (date === undefined) {
    date = new Date(day * DAY).toISOString().slice(0, -'T00:00:00.000Z'.length);
    days.set(day, date);
  }
  return date;
}
