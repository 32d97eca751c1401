import { ledgerOn } from './ledger-on.js';
import type { Lot, LoyaltyLedger } from './state.js';

/**
 * Points that can be spent on a day, by what had happened by then: Σ open lots − deficit (docs/loyalty.md); negative
 * when a return claimed more than is there. A lot can be spent from its own day through the day before `expiresOn`.
 */
export function balanceOn(ledger: LoyaltyLedger, date: string): number {
  const { lots, deficit } = ledgerOn(ledger, date);
  return lots.reduce((sum, lot) => (isOpenOn(lot, date) ? sum + lot.remaining : sum), 0) - deficit;
}

/** Whether a lot can be spent on a day. */
export function isOpenOn({ earnedOn, expiresOn }: Lot, date: string): boolean {
  return earnedOn <= date && (expiresOn === undefined || date < expiresOn);
}

/** First-expiring first, what never expires last; of those that expire together the one earned first. */
export function byExpiry(a: Lot, b: Lot): number {
  return compared(a.expiresOn ?? NEVER, b.expiresOn ?? NEVER) || compared(a.earnedOn, b.earnedOn);
}

/** After the last day. */
const NEVER = 'never';

function compared(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The next day after this one on which points expire that are left; undefined when none do. */
export function nextExpiryAfter({ lots }: Pick<LoyaltyLedger, 'lots'>, date: string): string | undefined {
  let next: string | undefined;
  for (const { expiresOn, remaining } of lots) {
    if (expiresOn !== undefined && remaining > 0 && expiresOn > date && (next === undefined || expiresOn < next)) {
      next = expiresOn;
    }
  }
  return next;
}
