import type { RulesPublished } from '#contracts/rules.events.js';
import type { DecisionContext } from '../decider.js';
import { ensure, happened, isGiven, requireNotAfterBusinessDate } from '../deciding.js';
import { allocate, availableOn } from './allocating.js';
import type { AdjustPoints } from './commands.js';
import { type Decision, dayOfCommand, enrolment, requireNotMoved, withNextExpiry } from './deciding-points.js';
import { MOST_POINTS } from './points.js';
import type { LoyaltyLedger } from './state.js';

/** Points given are a lot of their own, which does not qualify; points taken are taken like redeemed ones. */
export function adjustPoints(
  command: AdjustPoints & { rules: RulesPublished<'loyalty'>[] },
  ledger: LoyaltyLedger,
  context: DecisionContext,
): Decision {
  const { customerId, adjustmentId, points, expiresOn, reason, rules } = command;
  requireNotMoved(ledger);
  requireNotAfterBusinessDate(context);
  ensure(
    points !== 0 && Math.abs(points) <= Number(MOST_POINTS),
    'invalid',
    'adjustment-within-bounds',
    `Give or take 1 to ${MOST_POINTS} points.`,
    'points',
  );
  ensure(
    !ledger.lots.some(({ lotId }) => lotId === adjustmentId) && !ledger.movements.some(({ id }) => id === adjustmentId),
    'conflict',
    'adjustment-once',
    `Adjustment ${adjustmentId} has already been recorded: give another one an id of its own.`,
    'adjustmentId',
  );
  const adjustedOn = dayOfCommand(rules, context);
  const data = { adjustmentId, points, adjustedOn, reason };
  ensure(
    !isGiven(expiresOn) || (points > 0 && expiresOn > adjustedOn),
    'invalid',
    'adjustment-expires-later',
    'Points that are given can expire, on a later day than that on which they are given.',
    'expiresOn',
  );
  if (points > 0) {
    const given = happened('PointsAdjusted', isGiven(expiresOn) ? { ...data, expiresOn } : data, context);
    return [...enrolment(customerId, ledger, context), withNextExpiry(given, ledger, context)];
  }
  const { lots, balance } = availableOn(ledger, adjustedOn);
  ensure(
    -points <= balance,
    'conflict',
    'adjust-within-balance',
    `The balance is ${Math.max(0, balance)} on ${adjustedOn}: no more than that can be taken.`,
    'points',
  );
  const taken = happened('PointsAdjusted', { ...data, allocations: allocate(-points, lots) }, context);
  return [withNextExpiry(taken, ledger, context)];
}
