import type { Lot, LoyaltyLedger } from './state.js';

/**
 * Points that can be spent on a day: Σ open lots − deficit (docs/loyalty.md); negative when a return claimed more than
 * is there. A lot can be spent from its own day through the day before `expiresOn`. For a day of the past as it was
 * then, fold only what had happened by then.
 */
export function balanceOn(ledger: LoyaltyLedger, date: string): number {
  const open = ledger.lots.reduce((sum, lot) => (isOpenOn(lot, date) ? sum + lot.remaining : sum), 0);
  return open - ledger.deficit;
}

/** Whether a lot can be spent on a day. */
export function isOpenOn({ earnedOn, expiresOn }: Lot, date: string): boolean {
  return earnedOn <= date && (expiresOn === undefined || date < expiresOn);
}
