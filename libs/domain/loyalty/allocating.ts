import type { LotAllocation } from '#contracts/loyalty.events.js';
import { byExpiry, isOpenOn } from './balance.js';
import { ledgerOn } from './ledger-on.js';
import { creditedOn, type Lot, type LoyaltyLedger } from './state.js';

/** What can be taken on a day. */
export interface Available {
  /** The open lots that still hold something, first-expiring first. */
  lots: { lot: Lot; points: number }[];
  /** Of all of them together: less than their sum while there is a deficit. */
  balance: number;
}

/**
 * What can be taken on a day, first-expiring first. A fact may come late: what was spent on a later day is no longer
 * there, and what came back on a later day was not there yet. So it is the least that any day from then on leaves.
 */
export function availableOn(ledger: LoyaltyLedger, date: string): Available {
  const [then, ...later] = [date, ...daysAfter(ledger, date)].map((day) => ledgerOn(ledger, day));
  const left = new Map<string, { lot: Lot; points: number }>();
  for (const lot of then!.lots) {
    if (isOpenOn(lot, date) && lot.remaining > 0) left.set(lot.lotId, { lot, points: lot.remaining });
  }
  let balance = balanceOf(then!.lots, then!.deficit);
  for (const { lots, deficit } of later) {
    balance = Math.min(balance, balanceOf(lots, deficit));
  }
  const open = [...left.values()].filter(({ points }) => points > 0).sort((a, b) => byExpiry(a.lot, b.lot));
  const held = open.reduce((sum, { points }) => sum + points, 0);
  return { lots: open, balance: Math.min(balance, held) };

  function balanceOf(lots: Lot[], deficit: number): number {
    let sum = 0;
    for (const lot of lots) {
      if (!isOpenOn(lot, date)) continue;
      sum += lot.remaining;
      const known = left.get(lot.lotId);
      if (known) known.points = Math.min(known.points, lot.remaining);
    }
    return sum - deficit;
  }
}

/** Later days on which less may be left than on this one. Lots that come later leave the earlier ones as they are. */
function daysAfter({ lots, movements }: LoyaltyLedger, date: string): string[] {
  const moved = movements.filter(({ on }) => on > date).map(({ on }) => on);
  const hasDeficit = movements.some(({ deficit }) => deficit !== undefined);
  const credited = hasDeficit ? lots.map(creditedOn).filter((day) => day > date) : [];
  return [...new Set([...moved, ...credited])];
}

/** So many points of the lots in their order; less where they do not hold as much. */
export function allocate(points: number, lots: Available['lots']): LotAllocation[] {
  const allocations: LotAllocation[] = [];
  let left = points;
  for (const { lot, points: most } of lots) {
    if (left === 0) break;
    const taken = Math.min(left, most);
    if (taken > 0) allocations.push({ lotId: lot.lotId, points: taken });
    left -= taken;
  }
  return allocations;
}

export function sumOf(allocations: LotAllocation[]): number {
  return allocations.reduce((sum, { points }) => sum + points, 0);
}
