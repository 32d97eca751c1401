import { combinedPurchases, type KeptPurchases, withoutPurchase, withPurchase } from './kept-purchases.js';

const bought = (day: number) => ({ purchaseId: String(day), at: `2026-01-${String(day).padStart(2, '0')}` });
const keptOf = (...days: number[]) =>
  days.reduce<KeptPurchases | null>((kept, day) => withPurchase(kept, bought(day)), null)!;
const daysOf = (kept: KeptPurchases | null) =>
  kept && [
    kept.count,
    kept.earliest.map(({ purchaseId }) => Number(purchaseId)),
    kept.latest.map(({ purchaseId }) => Number(purchaseId)),
  ];

describe('the purchases that were kept', () => {
  it('are known at both ends, in whatever order they were recorded', () => {
    expect(daysOf(keptOf(4, 2, 6, 1, 7, 3, 5))).toEqual([7, [1, 2, 3, 4, 5], [7, 6, 5, 4, 3]]);
  });
  it('are without those that were cancelled, at either end and in between', () => {
    const kept = keptOf(1, 2, 3, 4, 5, 6, 7);
    expect(daysOf(withoutPurchase(kept, '7'))).toEqual([6, [1, 2, 3, 4, 5], [6, 5, 4, 3]]);
    expect(daysOf(withoutPurchase(kept, '1'))).toEqual([6, [2, 3, 4, 5], [7, 6, 5, 4, 3]]);
    expect(daysOf(withoutPurchase(keptOf(1, 2), '1'))).toEqual([1, [2], [2]]);
    expect(withoutPurchase(keptOf(1), '1')).toBeNull();
  });
  it('stay as they are when one is cancelled that was not counted', () => {
    const kept = keptOf(2, 3);
    expect(withoutPurchase(kept, '1')).toBe(kept);
  });
  it('take none for an end that is not: what was cut off lies in between', () => {
    const five = withoutPurchase(keptOf(1, 2, 3, 4, 5, 6, 7), '1')!;
    expect(daysOf(withPurchase(five, bought(8)))).toEqual([7, [2, 3, 4, 5], [8, 7, 6, 5, 4]]);
  });
  it('keep the last that is known of an end, when all of them are cancelled', () => {
    const left = [7, 6, 5, 4, 3].reduce(
      (kept, day) => withoutPurchase(kept, String(day))!,
      keptOf(1, 2, 3, 4, 5, 6, 7),
    );
    expect(daysOf(left)).toEqual([2, [1, 2], [3]]);
  });
  it('of customers who are one are those of all of them', () => {
    expect(daysOf(combinedPurchases([keptOf(1, 4, 6), keptOf(2, 3, 5, 7)]))).toEqual([
      7,
      [1, 2, 3, 4, 5],
      [7, 6, 5, 4, 3],
    ]);
    expect(combinedPurchases([])).toBeNull();
  });
});
