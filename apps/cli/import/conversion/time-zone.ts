const DAY = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * The instant at which clocks in a time zone show a local time, both in milliseconds; the earlier one where they show
 * it twice, undefined where they never do, because they were put forward over it.
 */
export function zonedToUtc(local: number, timeZone: string): number | undefined {
  if (timeZone === 'UTC') return local;
  // The offsets of the days around are the only ones that can hold on that day.
  const candidates = [local - DAY, local + DAY].map((near) => local - offsetAt(near, timeZone));
  const shown = candidates.filter((utc) => utc + offsetAt(utc, timeZone) === local);
  return shown.length === 0 ? undefined : Math.min(...shown);
}

/** How far clocks in the time zone are ahead of UTC at an instant, in milliseconds. */
function offsetAt(utc: number, timeZone: string): number {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(utc)
      .map(({ type, value }) => [type, value]),
  );
  const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type));
  const shown = new Date(0);
  shown.setUTCFullYear(number('year'), number('month') - 1, number('day'));
  shown.setUTCHours(number('hour'), number('minute'), number('second'));
  return shown.getTime() - Math.floor(utc / 1000) * 1000;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(timeZone, format);
  }
  return format;
}
