import type { SettledClaim, TransferredLot } from '#contracts/loyalty.events.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import type { DecisionContext } from '../decider.js';
import { happened } from '../deciding.js';
import { levelChange } from './announcing.js';
import type { TransferPointsIn, TransferPointsOut } from './commands.js';
import { after, type Decision, enrolment, withNextExpiry } from './deciding-points.js';
import { versionAt } from './rules.js';
import { loyaltyLevelOn } from './standing.js';
import { creditedOn, type Lot, type LoyaltyLedger } from './state.js';

/** Of one event: a lot takes up to 400 bytes, an event 256 KiB, and an append has room for more than one. */
export const MOST_TRANSFERRED = 500;

interface Judged {
  rules: RulesPublished<'loyalty'>[];
}

/**
 * What is left of lots and deficit goes to the ledger of the customer that lives on, part by part; when a merge is
 * undone, what is left of them goes back, with what the customer's purchases earned here meanwhile and what was claimed
 * of them. Each part goes once. The first part goes even when there is nothing: from then on this ledger refers to the
 * other one.
 */
export function transferPointsOut(
  { mergeId, toCustomerId, part, undoes, rules }: TransferPointsOut & Judged,
  ledger: LoyaltyLedger,
  context: DecisionContext,
): Decision {
  if (ledger.movements.some((each) => each.kind === 'movedOut' && each.id === mergeId && each.part === part)) return [];
  const going = undoes === undefined ? ledger.lots.filter(isLeft) : goingBack(undoes, mergeId, ledger);
  const claims = undoes === undefined ? [] : claimedUnder(undoes, ledger).slice(...bounds(part));
  if (part > 1 && going.length === 0 && claims.length === 0) return [];
  const data = {
    mergeId,
    toCustomerId,
    lots: going.slice(0, MOST_TRANSFERRED).map(toTransferred),
    deficit:
      part > 1 ? 0 : undoes === undefined ? ledger.deficit : Math.min(ledger.deficit, owedBefore(undoes, ledger)),
    part,
    ...(undoes !== undefined && { back: true, undoes }),
    ...(claims.length > 0 && { claims }),
    transferredOn: dayOfTransfer(rules, ledger, context),
  };
  const out = withNextExpiry(happened('PointsTransferredOut', data, context), ledger, context);
  return undoes === undefined ? [out] : [out, ...levelAfter(after(ledger, out), rules, context)];
}

/** The same lots, with their days and sources, once for each part. */
export function transferPointsIn(
  { customerId, transferred, rules }: TransferPointsIn & Judged,
  ledger: LoyaltyLedger,
  context: DecisionContext,
): Decision {
  const { mergeId, part } = transferred;
  if (ledger.movements.some((each) => each.kind === 'movedIn' && each.id === mergeId && each.part === part)) return [];
  const transferredOn = later(transferred.transferredOn!, dayOfTransfer(rules, ledger, context));
  const begun = enrolment(customerId, ledger, context);
  const enrolled = begun.reduce(after, ledger);
  const data = { ...transferred, transferredOn };
  const into = withNextExpiry(happened('PointsTransferredIn', data, context), enrolled, context);
  return [...begun, into, ...levelAfter(after(enrolled, into), rules, context)];
}

/** The part as it arrives; undefined when it has not gone. */
export function partOf(
  ledger: LoyaltyLedger,
  fromCustomerId: string,
  mergeId: string,
  part: number,
  back: boolean,
): TransferPointsIn['transferred'] | undefined {
  const out = ledger.movements.find((each) => each.kind === 'movedOut' && each.id === mergeId && each.part === part);
  if (out === undefined) return undefined;
  const lots = out.changes.map(([place, remaining, points]) => {
    return toTransferred({ ...ledger.lots[place]!, remaining: 0 - remaining, points: 0 - points });
  });
  return {
    mergeId,
    fromCustomerId,
    lots,
    deficit: 0 - (out.deficit ?? 0),
    part,
    transferredOn: out.on,
    ...(back && { back }),
    ...(out.undoes !== undefined && { undoes: out.undoes }),
    ...(out.claims !== undefined && { claims: out.claims }),
  };
}

/** The lots of a merge that have not gone back yet: what is left of them; empty ones where the other cannot know them. */
function goingBack(undoes: string, transferId: string, { lots, movements }: LoyaltyLedger): Lot[] {
  const parts = movements.filter(({ kind, id }) => kind === 'movedOut' && id === transferId);
  const gone = new Set(parts.flatMap(({ changes }) => changes.map(([place]) => place)));
  return lots.filter((lot, place) => {
    return lot.mergeId === undoes && !gone.has(place) && (isLeft(lot) || lot.credited > 0);
  });
}

/** What was claimed of the purchases of a merge's other customer: no more is once the first part has gone. */
function claimedUnder(merge: string, { movements }: LoyaltyLedger): SettledClaim[] {
  return movements.flatMap(({ kind, mergeId, id, sourceEventId }) => {
    return kind === 'clawedBack' && mergeId === merge ? [{ returnId: id, sourceEventId: sourceEventId! }] : [];
  });
}

/** What was owed when a merge brought it here. */
function owedBefore(merge: string, { movements }: LoyaltyLedger): number {
  const arrivals = movements.filter(({ kind, id }) => kind === 'movedIn' && id === merge);
  return arrivals.reduce((sum, { deficit = 0 }) => sum + deficit, 0);
}

function bounds(part: number): [from: number, to: number] {
  return [(part - 1) * MOST_TRANSFERRED, part * MOST_TRANSFERRED];
}

function isLeft({ remaining, points }: Lot): boolean {
  return remaining > 0 || points > 0;
}

/** On no earlier day than anything that happened to the lots: they are there, and as they are, from then on. */
function dayOfTransfer(
  rules: RulesPublished<'loyalty'>[],
  { lots, movements }: LoyaltyLedger,
  { occurredAt }: DecisionContext,
): string {
  const days = [...lots.map(creditedOn), ...movements.map(({ on }) => on)];
  return days.reduce(later, versionAt(rules, occurredAt).day);
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}

function levelAfter(
  ledger: LoyaltyLedger,
  rules: RulesPublished<'loyalty'>[],
  { businessDate, occurredAt }: DecisionContext,
): Decision {
  const event = levelChange(ledger, loyaltyLevelOn(ledger, rules, businessDate), rules, businessDate);
  return event === undefined || event.type === 'LoyaltyLevelRenewed' ? [] : [{ ...event, occurredAt }];
}

function toTransferred(lot: Lot): TransferredLot {
  const { lotId, sourceEventId, points, remaining, earnedOn, expiresOn } = lot;
  const { purchasedEventId, minorUnitsPerPoint, multiplier } = lot;
  return {
    lotId,
    sourceEventId,
    points,
    remaining,
    earnedOn,
    ...(expiresOn !== undefined && { expiresOn }),
    ...(purchasedEventId !== undefined && { purchasedEventId }),
    ...(minorUnitsPerPoint !== undefined && { minorUnitsPerPoint }),
    ...(multiplier !== undefined && { multiplier }),
  };
}
