import type { LoyaltyEvent } from '#contracts/events.js';
import type { PointsAdjusted, PointsEarned, TransferredLot } from '#contracts/loyalty.events.js';
import { type Happened, unreachable } from '../decider.js';
import { isGiven } from '../deciding.js';
import { dayOf, moved, movementOf } from './movement.js';
import type { Lot, LoyaltyLedger } from './state.js';

/** The ledger after an event of a `loyalty-{customerId}` stream. */
export function evolve(ledger: LoyaltyLedger, event: Happened<LoyaltyEvent>): LoyaltyLedger {
  switch (event.type) {
    case 'LoyaltyEnrolled':
      return { ...ledger, customerId: event.data.customerId };
    case 'PointsEarned':
      return withLot(ledger, earnedLot(event.data));
    case 'PointsAdjusted':
      if (event.data.points > 0) return withLot(ledger, givenLot(event.data));
      return moved(ledger, movementOf(event, ledger));
    case 'PointsRedeemed':
    case 'RedemptionReversed':
    case 'PointsClawedBack':
      return moved(ledger, movementOf(event, ledger));
    case 'PointsTransferredOut': {
      const { back, toCustomerId } = event.data;
      const after = moved(ledger, movementOf(event, ledger));
      return back ? after : { ...after, movedTo: toCustomerId };
    }
    case 'PointsTransferredIn': {
      const { lots, back, mergeId } = event.data;
      const on = dayOf(event.data.transferredOn, event.occurredAt);
      const { movedTo, ...own } = withArrivals(ledger, lots, on, back ? undefined : mergeId);
      return moved(back || movedTo === undefined ? own : { ...own, movedTo }, movementOf(event, own));
    }
    case 'PointsExpired': {
      const { lotId } = event.data;
      return {
        ...ledger,
        lots: ledger.lots.map((lot) => (lot.lotId === lotId ? { ...lot, isExpiryTold: true } : lot)),
      };
    }
    case 'LoyaltyLevelUpgraded':
    case 'LoyaltyLevelRenewed':
    case 'LoyaltyLevelDowngraded':
      return { ...ledger, announced: announcedAs(event.data.to, event.data.reviewOn) };
    case 'LoyaltyLevelSet': {
      const { loyaltyLevel, setOn, reviewOn } = event.data;
      const levelsSet = [...ledger.levelsSet, { loyaltyLevel, on: setOn }];
      return { ...ledger, levelsSet, announced: announcedAs(loyaltyLevel, reviewOn) };
    }
    default:
      return unreachable(event);
  }
}

function announcedAs(loyaltyLevel: string, reviewOn: string | undefined) {
  return isGiven(reviewOn) ? { loyaltyLevel, reviewOn } : { loyaltyLevel };
}

function earnedLot(data: PointsEarned): Lot {
  const { lotId, sourceEventId, points, earnedOn, expiresOn, purchasedEventId, creditedOn, breakdown } = data;
  const { minorUnitsPerPoint, multiplier } = breakdown;
  const lot: Lot = { lotId, sourceEventId, credited: points, points, remaining: points, earnedOn };
  if (isGiven(expiresOn)) lot.expiresOn = expiresOn;
  if (isGiven(purchasedEventId)) lot.purchasedEventId = purchasedEventId;
  if (isGiven(creditedOn)) lot.creditedOn = creditedOn;
  lot.minorUnitsPerPoint = minorUnitsPerPoint;
  lot.rulesVersion = data.rulesVersion;
  if (multiplier !== '1') lot.multiplier = multiplier;
  return lot;
}

function givenLot({ adjustmentId, points, adjustedOn, expiresOn }: PointsAdjusted): Lot {
  const lot: Lot = {
    lotId: adjustmentId,
    sourceEventId: adjustmentId,
    credited: points,
    points: 0,
    remaining: points,
    earnedOn: adjustedOn,
    isByHand: true,
  };
  if (isGiven(expiresOn)) lot.expiresOn = expiresOn;
  return lot;
}

function withLot(ledger: LoyaltyLedger, lot: Lot): LoyaltyLedger {
  const repaid = Math.min(ledger.deficit, lot.credited);
  if (repaid > 0) lot.remaining -= repaid;
  return { ...ledger, lots: [...ledger.lots, lot], deficit: ledger.deficit - repaid };
}

/** A lot that was here before is gone on with; what it holds comes by the movement. */
function withArrivals(ledger: LoyaltyLedger, arrived: TransferredLot[], on: string, mergeId?: string): LoyaltyLedger {
  const known = new Set(ledger.lots.map(({ lotId }) => lotId));
  const ids = new Set(arrived.map(({ lotId }) => lotId));
  const kept = ledger.lots.map((lot) => {
    if (!ids.has(lot.lotId)) return lot;
    const { mergeId: _, ...rest } = lot;
    return mergeId === undefined ? rest : { ...rest, mergeId };
  });
  const added = arrived
    .filter(({ lotId }) => !known.has(lotId))
    .map(({ points: _, remaining: __, ...lot }): Lot => {
      const born: Lot = { ...lot, credited: 0, points: 0, remaining: 0, creditedOn: on };
      return mergeId === undefined ? born : { ...born, mergeId };
    });
  return { ...ledger, lots: [...kept, ...added] };
}
