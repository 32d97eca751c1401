import { dayOf, firstInstant, isPointInTime, isPosition, throughInstant } from './moment.js';

describe('a moment', () => {
  it('is a position, a day or an instant in UTC', () => {
    expect(['0', '123', '1998-06-30', '-1', '1'.repeat(19), ''].map(isPosition)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
    const given = ['1998-06-30', '1998-06-30T10:00:00Z', '1998-02-30', '1998-06-30T10:00:00+02:00', '1998'];
    expect(given.map(isPointInTime)).toEqual([true, true, false, false, false]);
  });

  it('that is a day is all of it', () => {
    expect(firstInstant('1998-06-30')).toBe('1998-06-30T00:00:00.000Z');
    expect(throughInstant('1998-06-30')).toBe('1998-06-30T23:59:59.999Z');
    expect(throughInstant('1998-06-30T10:00:00.25Z')).toBe('1998-06-30T10:00:00.250Z');
  });

  it.each([
    [{}, '2026-06-15'],
    [{ asOf: '123' }, '2026-06-15'],
    [{ asOf: '2026-06-01T10:00:00Z' }, '2026-06-01'],
    [{ asOf: '2026-07-01' }, '2026-06-15'],
    [{ asOf: '2026-06-01', effectiveAt: '1998-06-30' }, '1998-06-30'],
    [{ effectiveAt: '2030-01-01T00:00:00Z' }, '2030-01-01'],
  ])('%j is judged on %s', (moment, day) => expect(dayOf(moment, '2026-06-15')).toBe(day));
});
