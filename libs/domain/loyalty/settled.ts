import type { EarningSource, PurchaseChange } from './commands.js';
import type { LoyaltyLedger } from './state.js';

/** What earns or changes points. */
export type Fact = EarningSource | PurchaseChange;

export function isChange(fact: Fact): fact is PurchaseChange {
  return 'returnId' in fact;
}

/**
 * Names a fact: a source by its event, a change by its return and its purchase, because two purchases may have a return
 * of the same id.
 */
export function nameOf(fact: Fact): string {
  return isChange(fact) ? claimOf(fact.returnId, fact.purchase.eventId) : fact.eventId;
}

/** The names of the facts that a ledger has settled, what a correction added by its own event. */
export function settledBy({ lots, movements }: LoyaltyLedger): Set<string> {
  const settled = new Set<string>();
  for (const { sourceEventId, purchasedEventId } of lots) {
    settled.add(purchasedEventId === undefined ? sourceEventId : claimOf(sourceEventId, purchasedEventId));
  }
  for (const { kind, id, sourceEventId, claims = [] } of movements) {
    if (kind === 'clawedBack') settled.add(claimOf(id, sourceEventId!));
    // Those that another ledger settled while the two were one.
    for (const claim of claims) settled.add(claimOf(claim.returnId, claim.sourceEventId));
  }
  return settled;
}

function claimOf(returnId: string, purchase: string): string {
  return `${returnId} of ${purchase}`;
}
