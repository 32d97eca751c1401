import type { RulesPublished } from '#contracts/rules.events.js';
import type { DecisionContext } from '../decider.js';
import { levelChange } from './announcing.js';
import type { ReviewLoyaltyLevel } from './commands.js';
import type { Decision } from './deciding-points.js';
import { loyaltyLevelOn } from './standing.js';
import type { LoyaltyLedger } from './state.js';

/**
 * Announces what points have decided on the review: renewed, or down. The level itself has changed without it, being
 * a function of the date. Nothing where it has been announced, or where points are not yet due to decide.
 */
export function reviewLoyaltyLevel(
  { rules }: ReviewLoyaltyLevel & { rules: RulesPublished<'loyalty'>[] },
  ledger: LoyaltyLedger,
  { businessDate, occurredAt }: DecisionContext,
): Decision {
  const { announced, movedTo } = ledger;
  if (movedTo !== undefined || announced?.reviewOn === undefined || announced.reviewOn > businessDate) return [];
  const event = levelChange(ledger, loyaltyLevelOn(ledger, rules, businessDate), rules, businessDate);
  return event === undefined ? [] : [{ ...event, occurredAt }];
}
