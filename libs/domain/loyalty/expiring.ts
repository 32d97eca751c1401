import type { RulesPublished } from '#contracts/rules.events.js';
import type { DecisionContext } from '../decider.js';
import type { ExpirePoints } from './commands.js';
import { after, type Decision, withNextExpiry } from './deciding-points.js';
import type { LoyaltyLedger } from './state.js';

/**
 * Announces what is left of the lots that have expired from the deadline's day through the business date, each once.
 * What expired before was of the past already when it was recorded: nobody is told. It changes no balance.
 */
export function expirePoints(
  { expiredFrom }: ExpirePoints & { rules: RulesPublished<'loyalty'>[] },
  ledger: LoyaltyLedger,
  context: DecisionContext,
): Decision {
  const decided: Decision = [];
  let current = ledger;
  for (const { lotId, expiresOn, remaining, isExpiryTold } of ledger.lots) {
    if (expiresOn === undefined || remaining === 0 || isExpiryTold) continue;
    if (expiresOn < expiredFrom || expiresOn > context.businessDate) continue;
    const occurredAt = `${expiresOn}T00:00:00Z`;
    const expired = withNextExpiry(
      { type: 'PointsExpired', data: { lotId, points: remaining }, occurredAt } as const,
      current,
      context,
    );
    decided.push(expired);
    current = after(current, expired);
  }
  return decided;
}
