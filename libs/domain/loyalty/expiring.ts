import type { RulesPublished } from '#contracts/rules.events.js';
import type { DecisionContext } from '../decider.js';
import type { ExpirePoints } from './commands.js';
import { after, type Decision, withNextExpiry } from './deciding-points.js';
import { versionOn } from './rules.js';
import type { LoyaltyLedger } from './state.js';

/**
 * Announces what is left of the lots that have expired from the deadline's day through the business date, each once.
 * What expired before was of the past already when it was recorded: nobody is told. It changes no balance.
 */
export function expirePoints(
  { expiredFrom, rules }: ExpirePoints & { rules: RulesPublished<'loyalty'>[] },
  ledger: LoyaltyLedger,
  context: DecisionContext,
): Decision {
  const decided: Decision = [];
  let current = ledger;
  for (const lot of ledger.lots) {
    const { lotId, expiresOn, remaining, isExpiryTold } = lot;
    if (expiresOn === undefined || remaining === 0 || isExpiryTold) continue;
    if (expiresOn < expiredFrom || expiresOn > context.businessDate) continue;
    const occurredAt = `${expiresOn}T00:00:00Z`;
    const expired = withNextExpiry(
      {
        type: 'PointsExpired',
        data: { lotId, points: remaining },
        occurredAt,
        // Of points that were given by hand a person said when they expire.
        ...(!lot.isByHand && { rulesVersion: lot.rulesVersion ?? versionOn(rules, lot.earnedOn).version }),
      } as const,
      current,
      context,
    );
    decided.push(expired);
    current = after(current, expired);
  }
  return decided;
}
