import type { LoyaltyEvent } from '#contracts/events.js';
import type { LotAllocation, PointsTransferredIn, PointsTransferredOut } from '#contracts/loyalty.events.js';
import { type Happened, unreachable } from '../decider.js';
import { isGiven } from '../deciding.js';
import type { LedgerDraft } from './ledger-draft.js';
import type { Lot, LotChange, Movement } from './state.js';

type Moving = Exclude<
  LoyaltyEvent['type'],
  | 'LoyaltyEnrolled'
  | 'PointsEarned'
  | 'PointsExpired'
  | 'LoyaltyLevelUpgraded'
  | 'LoyaltyLevelRenewed'
  | 'LoyaltyLevelDowngraded'
  | 'LoyaltyLevelSet'
>;

/** What an event changes, as deltas: whoever folds a part of them by day takes those of the day. */
export function movementOf(event: Happened<Extract<LoyaltyEvent, { type: Moving }>>, draft: LedgerDraft): Movement {
  const { ledger } = draft;
  const lotsBefore = ledger.lots.length;
  const taken = (allocations: LotAllocation[]) =>
    allocations.flatMap(({ lotId, points }): LotChange[] => at(draft, lotId, -points, 0));
  switch (event.type) {
    case 'PointsRedeemed': {
      const { redemptionId: id, redeemedOn: on, allocations } = event.data;
      return { kind: 'redeemed', id, on, lotsBefore, changes: taken(allocations) };
    }
    case 'RedemptionReversed': {
      const { redemptionId: id, reversedOn } = event.data;
      const redeemed = ledger.movements.find((each) => each.kind === 'redeemed' && each.id === id);
      const changes = (redeemed?.changes ?? []).map(([lot, points]): LotChange => [lot, -points, 0]);
      return { kind: 'reversed', id, on: dayOf(reversedOn, event.occurredAt), lotsBefore, changes };
    }
    case 'PointsClawedBack': {
      const { returnId: id, sourceEventId, points, allocations, deficit, clawedBackOn, mergeId } = event.data;
      const changes = [...taken(allocations), ...unqualified(ledger.lots, sourceEventId, points)];
      const on = dayOf(clawedBackOn, event.occurredAt);
      const more = { ...(deficit > 0 && { deficit }), ...(isGiven(mergeId) && { mergeId }) };
      return { kind: 'clawedBack', id, on, lotsBefore, changes, sourceEventId, ...more };
    }
    case 'PointsAdjusted': {
      const { adjustmentId: id, adjustedOn: on, allocations } = event.data;
      return { kind: 'taken', id, on, lotsBefore, changes: taken(allocations ?? []) };
    }
    case 'PointsTransferredOut':
      return transfer('movedOut', event.data, event.data.toCustomerId, -1);
    case 'PointsTransferredIn':
      return transfer('movedIn', event.data, event.data.fromCustomerId, 1);
    default:
      return unreachable(event);
  }

  function transfer(
    kind: 'movedOut' | 'movedIn',
    { mergeId: id, lots, deficit, part = 1, transferredOn, ...back }: PointsTransferredOut | PointsTransferredIn,
    otherCustomerId: string,
    sign: 1 | -1,
  ): Movement {
    const changes = lots.flatMap(({ lotId, remaining, points }) => at(draft, lotId, sign * remaining, sign * points));
    const on = dayOf(transferredOn, event.occurredAt);
    const more = {
      ...(deficit > 0 && { deficit: sign * deficit }),
      ...(isGiven(back.undoes) && { undoes: back.undoes }),
      ...(isGiven(back.claims) && { claims: back.claims }),
    };
    return { kind, id, on, lotsBefore, changes, otherCustomerId, part, ...more };
  }
}

function at(draft: LedgerDraft, lotId: string, remaining: number, points: number): LotChange[] {
  const place = draft.placeOf(lotId);
  return place === undefined ? [] : [[place, remaining, points]];
}

/** The day that an event names, or that on which it happened, in UTC. */
export function dayOf(named: string | undefined, occurredAt: string): string {
  return named ?? occurredAt.slice(0, 10);
}

/** What a claw-back claims no longer qualifies, wherever it was taken from: the lots of its purchase, in order. */
function unqualified(lots: Lot[], sourceEventId: string, points: number): LotChange[] {
  const changes: LotChange[] = [];
  let left = points;
  for (const [place, lot] of lots.entries()) {
    if (left === 0) break;
    if (!isOfPurchase(lot, sourceEventId)) continue;
    const less = Math.min(left, lot.points);
    if (less > 0) changes.push([place, 0, -less]);
    left -= less;
  }
  return changes;
}

/** Whether a purchase earned the lot, by itself or by its correction. */
export function isOfPurchase({ sourceEventId, purchasedEventId }: Lot, purchase: string): boolean {
  return sourceEventId === purchase || purchasedEventId === purchase;
}
