import type { LoyaltyEvent } from '#contracts/events.js';
import { type Happened, unreachable } from '../decider.js';
import { isGiven } from '../deciding.js';

/** Points of one source. */
export interface Lot {
  lotId: string;
  sourceEventId: string;
  /** As earned: what qualifies for a loyalty level, whatever was spent. */
  points: number;
  /** What can still be spent. */
  remaining: number;
  earnedOn: string;
  /** The first day on which they can no longer be spent. Left out: they never expire. */
  expiresOn?: string;
}

/**
 * What has happened on a `loyalty-{customerId}` stream: lots, never a running total, so that balance and loyalty level
 * are functions of (ledger, rules, date), see docs/loyalty.md. Expired lots stay: earlier days are asked for, and a lot's
 * source may never earn again. Plain JSON: it is cached and put into snapshots.
 */
export interface LoyaltyLedger {
  /** The customer enrolled; left out before. */
  customerId?: string;
  /** In the order in which they were recorded. */
  lots: Lot[];
  /** Points owed: what a return claimed beyond the open lots. The next earnings repay it. */
  deficit: number;
  /** The loyalty level last announced; left out: none, which is the lowest. */
  announcedLoyaltyLevel?: string;
}

export const emptyLedger: LoyaltyLedger = { lots: [], deficit: 0 };

export function evolve(ledger: LoyaltyLedger, event: Happened<LoyaltyEvent>): LoyaltyLedger {
  switch (event.type) {
    case 'LoyaltyEnrolled':
      return { ...ledger, customerId: event.data.customerId };
    case 'PointsEarned': {
      const { lotId, sourceEventId, points, earnedOn, expiresOn } = event.data;
      const repaid = Math.min(ledger.deficit, points);
      const lot: Lot = { lotId, sourceEventId, points, remaining: points - repaid, earnedOn };
      if (isGiven(expiresOn)) lot.expiresOn = expiresOn;
      return { ...ledger, lots: [...ledger.lots, lot], deficit: ledger.deficit - repaid };
    }
    case 'LoyaltyLevelUpgraded':
      return { ...ledger, announcedLoyaltyLevel: event.data.to };
    case 'PointsRedeemed':
    case 'RedemptionReversed':
    case 'PointsClawedBack':
    case 'PointsExpired':
    case 'PointsAdjusted':
    case 'PointsTransferredOut':
    case 'PointsTransferredIn':
    case 'LoyaltyLevelRenewed':
    case 'LoyaltyLevelDowngraded':
    case 'LoyaltyLevelSet':
      return ledger;
    default:
      return unreachable(event);
  }
}
