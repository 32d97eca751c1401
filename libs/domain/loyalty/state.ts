import type { LoyaltyEvent } from '#contracts/events.js';
import type { PointsAdjusted, PointsEarned, TransferredLot } from '#contracts/loyalty.events.js';
import { type Happened, unreachable } from '../decider.js';
import { isGiven } from '../deciding.js';
import { dayOf, type Movement, moved, movementOf } from './movement.js';

/** Points that came together. */
export interface Lot {
  lotId: string;
  /** What credited them: a source earns once, for ever. */
  sourceEventId: string;
  /** Of a correction's points: the event of the purchase. */
  purchasedEventId?: string;
  /** When it was recorded, in points; 0 where it came from another ledger, by a movement. */
  credited: number;
  /** As earned, net of claw-backs: what qualifies for a loyalty level, whatever was spent. */
  points: number;
  /** What can still be spent, until it expires. */
  remaining: number;
  earnedOn: string;
  /** The day from which the ledger has it, where that is not `earnedOn`. */
  creditedOn?: string;
  /** The first day on which they can no longer be spent. Left out: they never expire. */
  expiresOn?: string;
  /** How they were reckoned; left out where no purchase earned them. */
  minorUnitsPerPoint?: number;
  /** Left out: 1. */
  multiplier?: string;
  /** Given by hand: they can be spent and do not qualify. */
  isByHand?: true;
  /** The merge that brought it here. */
  mergeId?: string;
  /** Its expiry has been announced. */
  isExpiryTold?: true;
}

/** A loyalty level that a person has set. */
export interface LevelSet {
  loyaltyLevel: string;
  on: string;
}

/**
 * What has happened on a `loyalty-{customerId}` stream: lots and movements, never a running total by day, so that
 * balance and loyalty level are functions of (ledger, rules, date), see docs/loyalty.md. What has expired or was spent
 * stays: earlier days are asked for, and a source may never earn again. It is bounded by its events, each a lot or a
 * movement. Plain JSON: it is cached and put into snapshots.
 */
export interface LoyaltyLedger {
  /** The customer enrolled; left out before. */
  customerId?: string;
  /** In the order in which they were recorded, as they stand after everything that was. */
  lots: Lot[];
  /** What changed lots and deficit since they came, in the order recorded. */
  movements: Movement[];
  /** Points owed: what a return claimed beyond the open lots. The next earnings repay it. */
  deficit: number;
  levelsSet: LevelSet[];
  /** The loyalty level last announced and its review; left out: none, which is the lowest. */
  announced?: { loyaltyLevel: string; reviewOn?: string };
  /** Whose ledger goes on with these points: the customer was merged. */
  movedTo?: string;
}

export const emptyLedger: LoyaltyLedger = { lots: [], movements: [], deficit: 0, levelsSet: [] };

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

/** The day from which the ledger has a lot. */
export function creditedOn(lot: Pick<Lot, 'earnedOn' | 'creditedOn'>): string {
  return lot.creditedOn ?? lot.earnedOn;
}

function earnedLot(data: PointsEarned): Lot {
  const { lotId, sourceEventId, points, earnedOn, expiresOn, purchasedEventId, creditedOn, breakdown } = data;
  const { minorUnitsPerPoint, multiplier } = breakdown;
  const lot: Lot = { lotId, sourceEventId, credited: points, points, remaining: points, earnedOn };
  if (isGiven(expiresOn)) lot.expiresOn = expiresOn;
  if (isGiven(purchasedEventId)) lot.purchasedEventId = purchasedEventId;
  if (isGiven(creditedOn)) lot.creditedOn = creditedOn;
  lot.minorUnitsPerPoint = minorUnitsPerPoint;
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
