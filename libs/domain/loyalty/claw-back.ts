import type { LoyaltyEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import type { PointsClawedBack, PointsEarned } from '#contracts/loyalty.events.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import { addDays } from '../calendar.js';
import { isGiven } from '../deciding.js';
import { allocate, availableOn, sumOf } from './allocating.js';
import type { PurchaseChange } from './commands.js';
import { isOfPurchase } from './movement.js';
import { pointsFor, type Rate, rateOn } from './points.js';
import { versionAt } from './rules.js';
import { creditedOn, type Lot, type LoyaltyLedger } from './state.js';

/** What has happened on a ledger because of a change, without its envelope. */
export type Settled = Extract<LoyaltyEvent, { type: 'PointsClawedBack' | 'PointsEarned' }> & { rulesVersion: number };

/**
 * What a change of a purchase does to the points that it earned: those for what is kept no longer are claimed, those
 * for what a correction added are earned. Each change accounts for its own step of what is kept, so that they add up to
 * the same whatever the rounding, and the last return takes the rest.
 * @returns undefined when it changes no points.
 */
export function settleChange(
  change: PurchaseChange,
  ledger: LoyaltyLedger,
  rules: RulesPublished<'loyalty'>[],
): Settled | undefined {
  const own = ledger.lots.filter((lot) => isOfPurchase(lot, change.purchase.eventId));
  const rate = rateOf(change, own, ledger, rules);
  const rulesVersion = own[0]?.rulesVersion ?? versionAt(rules, change.purchase.occurredAt).version.version;
  const [before, after] = [pointsFor(change.before, rate), pointsFor(change.after, rate)];
  if (after > before) {
    const data = { ...pointsAdded(change, { before, after }, rate, own, ledger, rules), rulesVersion };
    return { type: 'PointsEarned', data, rulesVersion };
  }
  const data = after < before ? claim(change, before - after, own, ledger, rules) : undefined;
  return data && { type: 'PointsClawedBack', data, rulesVersion };
}

/** As the purchase earned; where it earned nothing, as it would have. */
function rateOf(
  { purchase: { occurredAt, currency } }: PurchaseChange,
  [lot]: Lot[],
  ledger: LoyaltyLedger,
  rules: RulesPublished<'loyalty'>[],
): Rate {
  if (isGiven(lot?.minorUnitsPerPoint)) {
    return { minorUnitsPerPoint: lot.minorUnitsPerPoint, multiplier: lot.multiplier ?? '1' };
  }
  const { version, day } = versionAt(rules, occurredAt);
  return rateOn(day, currency, ledger, rules, version);
}

/**
 * From the purchase's own lots, then from others, first-expiring first, then as a deficit. What has expired of its
 * points is not claimed.
 */
function claim(
  { occurredAt, purchase, returnId }: PurchaseChange,
  most: number,
  own: Lot[],
  ledger: LoyaltyLedger,
  rules: RulesPublished<'loyalty'>[],
): PointsClawedBack | undefined {
  // Nothing is taken back before it was given, or has come back from where a merge had moved it.
  const clawedBackOn = own.map((lot) => hereSince(lot, ledger)).reduce(later, versionAt(rules, occurredAt).day);
  const unexpired = own.reduce((sum, { points, remaining, expiresOn }) => {
    const expired = isGiven(expiresOn) && expiresOn <= clawedBackOn ? remaining : 0;
    return sum + Math.max(0, points - expired);
  }, 0);
  const points = Math.min(most, unexpired);
  if (points === 0) return undefined;
  const { lots } = availableOn(ledger, clawedBackOn);
  const isOwn = ({ lot }: { lot: Lot }) => isOfPurchase(lot, purchase.eventId);
  const ownFirst = [...lots.filter(isOwn), ...lots.filter((each) => !isOwn(each))];
  const allocations = allocate(points, ownFirst);
  const deficit = points - sumOf(allocations);
  return { returnId, sourceEventId: purchase.eventId, points, allocations, deficit, clawedBackOn };
}

/** The day from which the ledger has a lot, for the last time. */
function hereSince(lot: Lot, { lots, movements }: LoyaltyLedger): string {
  const arrival = movements.findLast(
    ({ kind, changes }) => kind === 'movedIn' && changes.some(([place]) => lots[place]!.lotId === lot.lotId),
  );
  return later(creditedOn(lot), arrival?.on ?? creditedOn(lot));
}

/** They qualify and expire with the purchase, and are there from the correction on. */
function pointsAdded(
  { eventId, occurredAt, purchase, after: amount }: PurchaseChange,
  { before, after }: { before: number; after: number },
  { minorUnitsPerPoint, multiplier }: Rate,
  [lot]: Lot[],
  ledger: LoyaltyLedger,
  rules: RulesPublished<'loyalty'>[],
): Omit<PointsEarned, 'rulesVersion'> {
  const { version, day } = versionAt(rules, purchase.occurredAt);
  const earnedOn = lot?.earnedOn ?? day;
  const { expiryDays } = version.document;
  const expiresOn = lot ? lot.expiresOn : isGiven(expiryDays) ? addDays(day, expiryDays + 1) : undefined;
  const points = after - before;
  const repaid = Math.min(ledger.deficit, points);
  return {
    lotId: derivedId('lot', eventId),
    points,
    sourceEventId: eventId,
    earnedOn,
    ...(expiresOn !== undefined && { expiresOn }),
    breakdown: { amount, currency: purchase.currency, minorUnitsPerPoint, multiplier, alreadyEarned: before },
    purchasedEventId: purchase.eventId,
    creditedOn: later(earnedOn, versionAt(rules, occurredAt).day),
    ...(repaid > 0 && { repaid }),
  };
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}
