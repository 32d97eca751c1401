import type { LoyaltyEvent } from '#contracts/events.js';
import type { PointsAdjusted, PointsEarned, TransferredLot } from '#contracts/loyalty.events.js';
import { type Happened, unreachable } from '../decider.js';
import { isGiven } from '../deciding.js';
import { LedgerDraft } from './ledger-draft.js';
import { dayOf, movementOf } from './movement.js';
import type { Lot, LoyaltyLedger, Movement } from './state.js';

/** The ledger after an event of a `loyalty-{customerId}` stream. */
export function evolve(ledger: LoyaltyLedger, event: Happened<LoyaltyEvent>): LoyaltyLedger {
  return evolveAll(ledger, [event]);
}

/** The ledger after one event after the other, at little more than what each of them adds. */
export function evolveAll(ledger: LoyaltyLedger, events: Iterable<Happened<LoyaltyEvent>>): LoyaltyLedger {
  const draft = new LedgerDraft(ledger);
  for (const event of events) fold(draft, event);
  return draft.ledger;
}

function fold(draft: LedgerDraft, event: Happened<LoyaltyEvent>): void {
  switch (event.type) {
    case 'LoyaltyEnrolled':
      draft.change({ customerId: event.data.customerId });
      break;
    case 'PointsEarned':
      addLot(draft, earnedLot(event.data));
      break;
    case 'PointsAdjusted':
      if (event.data.points > 0) addLot(draft, givenLot(event.data));
      else move(draft, movementOf(event, draft));
      break;
    case 'PointsRedeemed':
    case 'RedemptionReversed':
    case 'PointsClawedBack':
      move(draft, movementOf(event, draft));
      break;
    case 'PointsTransferredOut': {
      const { back, toCustomerId } = event.data;
      move(draft, movementOf(event, draft));
      if (!back) draft.change({ movedTo: toCustomerId });
      break;
    }
    case 'PointsTransferredIn': {
      const { lots, back, mergeId, transferredOn } = event.data;
      addArrivals(draft, lots, dayOf(transferredOn, event.occurredAt), back ? undefined : mergeId);
      if (back) stay(draft);
      move(draft, movementOf(event, draft));
      break;
    }
    case 'PointsExpired':
      tellExpiry(draft, event.data.lotId);
      break;
    case 'LoyaltyLevelUpgraded':
    case 'LoyaltyLevelRenewed':
    case 'LoyaltyLevelDowngraded':
      draft.change({ announced: announcedAs(event.data.to, event.data.reviewOn) });
      break;
    case 'LoyaltyLevelSet': {
      const { loyaltyLevel, setOn, reviewOn } = event.data;
      const levelsSet = [...draft.ledger.levelsSet, { loyaltyLevel, on: setOn }];
      draft.change({ levelsSet, announced: announcedAs(loyaltyLevel, reviewOn) });
      break;
    }
    default:
      unreachable(event);
  }
}

function announcedAs(loyaltyLevel: string, reviewOn: string | undefined) {
  return isGiven(reviewOn) ? { loyaltyLevel, reviewOn } : { loyaltyLevel };
}

function earnedLot(data: PointsEarned): Lot {
  const { lotId, sourceEventId, points, earnedOn, expiresOn, purchasedEventId, creditedOn, breakdown, mergeId } = data;
  const { minorUnitsPerPoint, multiplier } = breakdown;
  const lot: Lot = { lotId, sourceEventId, credited: points, points, remaining: points, earnedOn };
  if (isGiven(expiresOn)) lot.expiresOn = expiresOn;
  if (isGiven(purchasedEventId)) lot.purchasedEventId = purchasedEventId;
  if (isGiven(creditedOn)) lot.creditedOn = creditedOn;
  lot.minorUnitsPerPoint = minorUnitsPerPoint;
  lot.rulesVersion = data.rulesVersion;
  if (multiplier !== '1') lot.multiplier = multiplier;
  if (isGiven(mergeId)) lot.mergeId = mergeId;
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

function addLot(draft: LedgerDraft, lot: Lot): void {
  const repaid = Math.min(draft.ledger.deficit, lot.credited);
  if (repaid > 0) {
    lot.remaining -= repaid;
    draft.change({ deficit: draft.ledger.deficit - repaid });
  }
  draft.addLot(lot);
}

/** A lot that was here before is gone on with; what it holds comes by the movement. */
function addArrivals(draft: LedgerDraft, arrived: TransferredLot[], on: string, mergeId?: string): void {
  const here = draft.ledger.lots;
  const known = new Set(here.map(({ lotId }) => lotId));
  const ids = new Set(arrived.map(({ lotId }) => lotId));
  for (const [place, lot] of here.entries()) {
    if (!ids.has(lot.lotId)) continue;
    const { mergeId: _, ...rest } = lot;
    draft.replaceLot(place, mergeId === undefined ? rest : { ...rest, mergeId });
  }
  for (const { points: _, remaining: __, ...lot } of arrived) {
    if (known.has(lot.lotId)) continue;
    const born: Lot = { ...lot, credited: 0, points: 0, remaining: 0, creditedOn: on };
    draft.addLot(mergeId === undefined ? born : { ...born, mergeId });
  }
}

/** The points came back: the ledger goes on here. */
function stay(draft: LedgerDraft): void {
  const { movedTo: _, ...ledger } = draft.ledger;
  draft.ledger = ledger;
}

function tellExpiry(draft: LedgerDraft, lotId: string): void {
  const place = draft.placeOf(lotId);
  if (place !== undefined) draft.replaceLot(place, { ...draft.ledger.lots[place]!, isExpiryTold: true });
}

/** Lots and deficit change by a movement. */
function move(draft: LedgerDraft, movement: Movement): void {
  for (const [place, remaining, points] of movement.changes) {
    const lot = draft.ledger.lots[place]!;
    draft.replaceLot(place, { ...lot, remaining: lot.remaining + remaining, points: lot.points + points });
  }
  if (movement.deficit !== undefined) draft.change({ deficit: draft.ledger.deficit + movement.deficit });
  draft.addMovement(movement);
}
