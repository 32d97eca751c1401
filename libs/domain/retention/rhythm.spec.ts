import { rhythmDays, silentFrom } from './rhythm.js';
import { defaultRetentionRules as rules } from './rules.js';

const from = (firstPurchaseAt: string, lastPurchaseAt: string, purchases: number) => ({
  purchases,
  firstPurchaseAt,
  lastPurchaseAt,
  silentSince: lastPurchaseAt,
});

describe('the rhythm of a customer', () => {
  it('is the usual one until enough purchases are known', () => {
    expect(rhythmDays(from('2026-01-01T00:00:00Z', '2026-01-31T00:00:00Z', 2), rules)).toBe(90);
  });

  it('is then the mean of the days from one purchase to the next', () => {
    expect(rhythmDays(from('2026-01-01T00:00:00Z', '2026-03-02T00:00:00Z', 3), rules)).toBe(30);
    expect(rhythmDays(from('2024-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 3), rules)).toBe(365.5);
  });

  it('is no shorter than the shortest that counts', () => {
    expect(rhythmDays(from('2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 3), rules)).toBe(14);
  });

  it('is broken when so many times of it have passed since the last purchase', () => {
    expect(silentFrom(from('2026-01-01T00:00:00Z', '2026-03-02T12:00:00Z', 3), 2, rules)).toBe(
      '2026-05-02T00:00:00.000Z',
    );
  });

  it('counts the silence anew from a win-back', () => {
    const wonBack = { ...from('2026-01-01T00:00:00Z', '2026-03-02T12:00:00Z', 1), silentSince: '2026-06-01T00:00:00Z' };
    expect(silentFrom(wonBack, 0.5, rules)).toBe('2026-07-16T00:00:00.000Z');
  });
});
