import type { Deadline } from '#domain/deadline.js';
import type { Projection, RecordedEvent } from '#processing/projection.js';
import { complaintDeadlines } from './complaint-deadlines.js';
import type { DeadlineRule } from './deadline.js';
import { DeadlinesOfOwner } from './deadline.table.js';
import { loyaltyDeadlines, setsLoyaltyDeadline } from './loyalty-deadlines.js';

/** Durable timers: what is due survives restarts because it is derived, and fires once because the domain says so. */
export const deadline: Projection<DeadlinesOfOwner> = {
  name: 'deadline',
  version: 1,
  table: DeadlinesOfOwner,
  key: (event) => (ruleOf(event) === undefined ? undefined : event.streamId),
  evolve: (row, event) => {
    const before = row?.deadlines ?? [];
    const deadlines = ruleOf(event)?.(before, event) ?? before;
    if (deadlines === before) return row;
    if (deadlines.length === 0) return undefined;
    const { streamId: owner, metadata } = event;
    return {
      owner,
      customerId: metadata.customerId ?? null,
      deadlines: [...deadlines],
      nextDueAt: earliest(deadlines),
      position: Number(event.position),
    };
  },
};

/** The rule of the events that set or end deadlines; undefined for any other event. */
function ruleOf(event: RecordedEvent): DeadlineRule | undefined {
  switch (event.type) {
    case 'ComplaintDeadlineSet':
    case 'ComplaintAcknowledged':
    case 'ComplaintWaitingOnCustomer':
    case 'ComplaintResolved':
    case 'ComplaintSlaBreached':
      return complaintDeadlines;
    case 'PointsEarned':
    case 'PointsRedeemed':
    case 'RedemptionReversed':
    case 'PointsClawedBack':
    case 'PointsExpired':
    case 'PointsAdjusted':
    case 'PointsTransferredOut':
    case 'PointsTransferredIn':
    case 'LoyaltyLevelUpgraded':
    case 'LoyaltyLevelRenewed':
    case 'LoyaltyLevelDowngraded':
    case 'LoyaltyLevelSet':
      return setsLoyaltyDeadline(event) ? loyaltyDeadlines : undefined;
    default:
      return undefined;
  }
}

function earliest(deadlines: readonly Deadline[]): string {
  return deadlines.reduce(
    (first, { dueAt }) => (Date.parse(dueAt) < Date.parse(first) ? dueAt : first),
    deadlines[0]!.dueAt,
  );
}
