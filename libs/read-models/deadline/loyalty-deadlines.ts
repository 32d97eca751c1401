import type { RecordedEvent } from '#processing/projection.js';
import { type DeadlineRule, withDeadline, withoutDeadline } from './deadline.js';

/**
 * The next expiry of a ledger, and the review of its level. One deadline each, however many lots there are: what takes
 * points, or has told of an expiry, says which day is next.
 */
export const loyaltyDeadlines: DeadlineRule = (deadlines, event) => {
  switch (event.type) {
    case 'PointsEarned': {
      const { expiresOn, repaid = 0, points } = event.data;
      if (expiresOn === undefined || repaid === points) return deadlines;
      const next = deadlines.find(({ kind }) => kind === 'pointsExpiry');
      const isNext = next === undefined || startOf(expiresOn) < next.dueAt;
      return isNext ? withDeadline(deadlines, event, { kind: 'pointsExpiry', dueAt: startOf(expiresOn) }) : deadlines;
    }
    case 'PointsRedeemed':
    case 'RedemptionReversed':
    case 'PointsClawedBack':
    case 'PointsExpired':
    case 'PointsAdjusted':
    case 'PointsTransferredOut':
    case 'PointsTransferredIn': {
      const { nextExpiresOn } = event.data;
      if (nextExpiresOn === undefined) return withoutDeadline(deadlines, 'pointsExpiry');
      return withDeadline(deadlines, event, { kind: 'pointsExpiry', dueAt: startOf(nextExpiresOn) });
    }
    case 'LoyaltyLevelUpgraded':
    case 'LoyaltyLevelRenewed':
    case 'LoyaltyLevelDowngraded':
    case 'LoyaltyLevelSet': {
      const { reviewOn } = event.data;
      if (reviewOn === undefined) return withoutDeadline(deadlines, 'loyaltyReview');
      return withDeadline(deadlines, event, { kind: 'loyaltyReview', dueAt: startOf(reviewOn) });
    }
    default:
      return deadlines;
  }
};

/** Points that had expired when they were recorded are of the past: an import of old purchases sets no deadlines. */
export function setsLoyaltyDeadline(event: RecordedEvent): boolean {
  if (event.type !== 'PointsEarned') return true;
  const { expiresOn } = event.data;
  return expiresOn !== undefined && expiresOn > event.recordedAt.slice(0, 10);
}

/** The business date is told in UTC. */
function startOf(day: string): string {
  return `${day}T00:00:00Z`;
}
