import { AheadOfViews } from './ahead-of-views.js';

const change = (customerId: string, position: bigint, mark = 'm1') => ({ customerId, position, mark });

describe('changes ahead of a view', () => {
  it('wait for the next look, and for nothing where the views are level by then', () => {
    const ahead = new AheadOfViews(10n);
    ahead.beginLook(20n);
    expect(ahead.isDue(change('level', 20n))).toBe(true);
    expect(ahead.isDue(change('ahead', 21n))).toBe(false);
    expect(ahead.isWaiting).toBe(true);
    ahead.beginLook(21n);
    expect(ahead.isDue(change('ahead', 21n))).toBe(true);
    ahead.sent(change('ahead', 21n), 21n);
    expect(ahead.isWaiting).toBe(false);
    expect(ahead.complete).toBe(21n);
  });

  it('are sent once by a view that stands still, again when they change, and again when it has come so far', () => {
    const ahead = new AheadOfViews(20n);
    const due = (reached: bigint, mark: string) => {
      ahead.beginLook(reached);
      const isDue = ahead.isDue(change('ahead', 30n, mark));
      if (isDue) ahead.sent(change('ahead', 30n, mark), reached);
      return isDue;
    };
    expect([due(20n, 'm1'), due(20n, 'm1'), due(20n, 'm1'), due(20n, 'm1')]).toEqual([false, true, false, false]);
    expect([due(20n, 'm2'), due(25n, 'm2'), due(30n, 'm2')]).toEqual([true, false, true]);
  });

  it('tell up to where all of them are sent', () => {
    const ahead = new AheadOfViews(10n);
    ahead.beginLook(20n);
    ahead.isDue(change('first', 50n));
    // Noted at the latest by an event behind 10: how far behind is not known.
    expect(ahead.complete).toBe(10n);
    ahead.beginLook(30n);
    ahead.isDue(change('first', 50n));
    ahead.sent(change('first', 50n), 31n);
    ahead.isDue(change('second', 51n));
    expect(ahead.complete).toBe(20n);
    ahead.beginLook(40n);
    ahead.isDue(change('first', 50n));
    ahead.isDue(change('second', 51n));
    ahead.sent(change('second', 51n), 40n);
    expect(ahead.complete).toBe(31n);
    ahead.beginLook(60n);
    expect(ahead.complete).toBe(60n);
  });
});
