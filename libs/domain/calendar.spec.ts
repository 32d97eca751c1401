import fc from 'fast-check';
import { holds } from '#testing/property.js';
import { addDays, addMonths, compareInstants, dayIn, FIRST_DAY, isTimeZone, LAST_DAY, yearOf } from './calendar.js';

const day = fc.integer({ min: 0, max: 146_097 * 2 }).map((days) => addDays('1801-01-01', days));

describe('addDays', () => {
  it.each([
    ['2024-02-28', 1, '2024-02-29'],
    ['2025-02-28', 1, '2025-03-01'],
    ['2000-01-01', -1, '1999-12-31'],
    ['0099-12-31', 1, '0100-01-01'],
    [LAST_DAY, 1, LAST_DAY],
    [FIRST_DAY, -1, FIRST_DAY],
  ])('of %s and %d is %s', (from, days, to) => expect(addDays(from, days)).toBe(to));

  it('goes back and forth, and later days are later text', () => {
    holds(
      fc.property(day, fc.integer({ min: 1, max: 10_000 }), (from, days) => {
        expect(addDays(addDays(from, days), -days)).toBe(from);
        expect(addDays(from, days) > from).toBe(true);
      }),
    );
  });
});

describe('addMonths', () => {
  it.each([
    ['2024-02-29', 12, '2025-02-28'],
    ['2024-02-29', 48, '2028-02-29'],
    ['2025-02-28', -12, '2024-02-28'],
    ['2025-03-31', -1, '2025-02-28'],
    ['2025-12-31', 2, '2026-02-28'],
    ['2025-01-15', -1, '2024-12-15'],
    ['2000-01-31', 1, '2000-02-29'],
    ['1900-01-31', 1, '1900-02-28'],
    ['9999-06-01', 12, LAST_DAY],
    ['0001-06-01', -12, FIRST_DAY],
  ])('of %s and %d is %s', (from, months, to) => expect(addMonths(from, months)).toBe(to));

  it('keeps the day of the month, or takes the last one, in the right month', () => {
    holds(
      fc.property(day, fc.integer({ min: -1200, max: 1200 }), (from, months) => {
        const to = addMonths(from, months);
        const count = (text: string) => yearOf(text) * 12 + Number(text.slice(5, 7));
        expect(count(to) - count(from)).toBe(months);
        if (to.slice(8) !== from.slice(8)) expect(addDays(to, 1).slice(8)).toBe('01');
        expect(to.slice(8) <= from.slice(8)).toBe(true);
      }),
    );
  });
  it('never puts a later day before an earlier one', () => {
    holds(
      fc.property(day, fc.integer({ min: -24, max: 24 }), (from, months) => {
        expect(addMonths(from, months) <= addMonths(addDays(from, 1), months)).toBe(true);
      }),
    );
  });
});

describe('dayIn', () => {
  it.each([
    ['UTC', '2026-01-01T23:59:59.999Z', '2026-01-01'],
    ['Asia/Ho_Chi_Minh', '2026-01-01T17:00:00Z', '2026-01-02'],
    ['Asia/Ho_Chi_Minh', '2026-01-01T16:59:59.999999999Z', '2026-01-01'],
    ['America/New_York', '2026-01-01T04:59:59Z', '2025-12-31'],
    ['America/New_York', '0001-01-01T00:00:00Z', FIRST_DAY],
    ['Asia/Ho_Chi_Minh', '9999-12-31T23:00:00Z', LAST_DAY],
  ])('in %s of %s is %s', (zone, instant, expected) => expect(dayIn(zone, instant)).toBe(expected));

  it('knows IANA time zones', () => {
    expect([isTimeZone('UTC'), isTimeZone('Europe/Berlin'), isTimeZone('Nowhere')]).toEqual([true, true, false]);
  });
});

describe('compareInstants', () => {
  it('orders instants by time, whatever their precision', () => {
    const time = fc.integer({ min: 0, max: 4_000_000_000 }).map((tenths) => tenths * 100);
    const written = (ms: number, short: boolean) => {
      const text = new Date(ms).toISOString();
      return short ? text.replace(/\.?0+Z$/, 'Z') : text;
    };
    holds(
      fc.property(time, time, fc.boolean(), fc.boolean(), (a, b, shortA, shortB) => {
        expect(compareInstants(written(a, shortA), written(b, shortB))).toBe(Math.sign(a - b));
      }),
    );
  });
});
