import fc from 'fast-check';
import { WEEKDAYS } from '#contracts/rules/complaint-rules.js';
import { holds } from '#testing/property.js';
import { addBusinessMinutes, addBusinessMs, type BusinessCalendar, businessMsBetween } from './business-time.js';

const time = (halfHours: number): string =>
  `${String(Math.floor(halfHours / 2)).padStart(2, '0')}:${halfHours % 2 === 0 ? '00' : '30'}`;

/** One to three spans on some weekdays, apart from each other. */
const businessHours = fc
  .record({
    weekdays: fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1, maxLength: 7 }),
    edges: fc.uniqueArray(fc.integer({ min: 0, max: 48 }), { minLength: 2, maxLength: 6 }),
  })
  .map(({ weekdays, edges }) => {
    const sorted = [...edges].sort((a, b) => a - b);
    const spans = Array.from({ length: Math.floor(sorted.length / 2) }, (_, n) => [sorted[2 * n]!, sorted[2 * n + 1]!]);
    return weekdays.flatMap((weekday) => spans.map(([from, to]) => ({ weekday, from: time(from!), to: time(to!) })));
  });

const calendar: fc.Arbitrary<BusinessCalendar> = fc.record({
  timeZone: fc.constantFrom(
    'UTC',
    'Asia/Ho_Chi_Minh',
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'America/St_Johns',
    'Africa/Casablanca',
  ),
  businessHours,
  holidays: fc.constantFrom([], ['2026-03-29', '2026-10-25']),
});

/** Around the days on which clocks are changed. */
const instant = fc
  .record({
    day: fc.constantFrom(
      '2026-03-07',
      '2026-03-28',
      '2026-04-04',
      '2026-10-03',
      '2026-10-24',
      '2026-10-31',
      '2010-11-06',
    ),
    ms: fc.integer({ min: 0, max: 3 * 86_400_000 }),
  })
  .map(({ day, ms }) => new Date(Date.parse(`${day}T00:00:00Z`) + ms).toISOString());

const minutes = fc.integer({ min: 1, max: 3_000 });

describe('Any calendar', () => {
  it('adds the same at once as in two steps', () => {
    holds(
      fc.property(calendar, instant, minutes, minutes, (calendar, start, a, b) => {
        const inSteps = addBusinessMinutes(calendar, addBusinessMinutes(calendar, start, a), b);
        expect(inSteps).toBe(addBusinessMinutes(calendar, start, a + b));
      }),
    );
  });

  it('adds later for more, and later from later on', () => {
    holds(
      fc.property(calendar, instant, instant, minutes, minutes, (calendar, start, other, a, b) => {
        const due = (from: string, minutes: number) => Date.parse(addBusinessMinutes(calendar, from, minutes));
        const [less, more] = a < b ? [a, b] : [b, a];
        expect(due(start, less)).toBeLessThanOrEqual(due(start, more));
        if (less < more) expect(due(start, less)).toBeLessThan(due(start, more));
        const [earlier, later] = [start, other].sort();
        expect(due(earlier!, a)).toBeLessThanOrEqual(due(later!, a));
        expect(due(start, a)).toBeGreaterThan(Date.parse(start));
      }),
    );
  });

  it('is never due in closed time: the local clock shows business hours just before', () => {
    holds(
      fc.property(calendar, instant, minutes, (calendar, start, minutes) => {
        const due = Date.parse(addBusinessMinutes(calendar, start, minutes));
        const { weekday, day, clock } = localAt(calendar.timeZone, due - 1);
        expect(calendar.holidays).not.toContain(day);
        const isOpen = calendar.businessHours.some(
          (span) => span.weekday === weekday && span.from <= clock && clock < span.to,
        );
        expect({ weekday, day, clock, isOpen }).toEqual({ weekday, day, clock, isOpen: true });
      }),
    );
  });

  it('measures between two instants what it has added', () => {
    holds(
      fc.property(calendar, instant, fc.integer({ min: 1, max: 200_000_000 }), (calendar, start, ms) => {
        expect(businessMsBetween(calendar, start, addBusinessMs(calendar, start, ms))).toBe(ms);
      }),
    );
  });
});

/** What a clock on the wall shows, by another way than the code: formatted text. */
function localAt(timeZone: string, ms: number): { weekday: string; day: string; clock: string } {
  const weekday = new Intl.DateTimeFormat('en-US', { timeZone, weekday: 'long' }).format(ms).toLowerCase();
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone }).format(ms);
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(ms);
  return { weekday, day, clock };
}
