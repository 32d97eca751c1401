import type { RulesPublished } from '#contracts/rules.events.js';
import type { DecisionContext } from '../decider.js';
import { ensure, happened, isGiven, requireNotAfterBusinessDate } from '../deciding.js';
import { allocate, availableOn } from './allocating.js';
import type { RedeemPoints, ReverseRedemption } from './commands.js';
import { type Decision, dayOfCommand, requireNotMoved, withNextExpiry } from './deciding-points.js';
import type { LoyaltyLedger, Movement } from './state.js';

interface Judged {
  rules: RulesPublished<'loyalty'>[];
}

/** First-expiring first, and no more than the balance on the day. */
export function redeemPoints(
  { redemptionId, points, reward, rules }: RedeemPoints & Judged,
  ledger: LoyaltyLedger,
  context: DecisionContext,
): Decision {
  requireNotMoved(ledger);
  requireNotAfterBusinessDate(context);
  ensure(
    movementsOf(ledger, redemptionId).length === 0,
    'conflict',
    'redemption-once',
    `Redemption ${redemptionId} has already been recorded: give another one an id of its own.`,
    'redemptionId',
  );
  const redeemedOn = dayOfCommand(rules, context);
  const { lots, balance } = availableOn(ledger, redeemedOn);
  ensure(
    points <= balance,
    'conflict',
    'redeem-within-balance',
    `The balance is ${Math.max(0, balance)} on ${redeemedOn}: ${points} points are more than that.`,
    'points',
  );
  const data = { redemptionId, points, allocations: allocate(points, lots), redeemedOn };
  const redeemed = happened('PointsRedeemed', isGiven(reward) ? { ...data, reward } : data, context);
  return [withNextExpiry(redeemed, ledger, context)];
}

/** Back to the lots that they were taken from, also to those that have expired since. */
export function reverseRedemption(
  { redemptionId, reason, rules }: ReverseRedemption & Judged,
  ledger: LoyaltyLedger,
  context: DecisionContext,
): Decision {
  requireNotMoved(ledger);
  requireNotAfterBusinessDate(context);
  const [redeemed, reversed] = movementsOf(ledger, redemptionId);
  ensure(
    redeemed !== undefined,
    'not-found',
    'redemption-known',
    `There is no redemption ${redemptionId} on this ledger.`,
    'redemptionId',
  );
  ensure(
    reversed === undefined,
    'conflict',
    'redemption-reversed-once',
    `Redemption ${redemptionId} has already been reversed.`,
    'redemptionId',
  );
  const reversedOn = dayOfCommand(rules, context);
  ensure(
    redeemed.on <= reversedOn,
    'invalid',
    'reversal-after-redemption',
    `It was redeemed on ${redeemed.on}: it can be reversed from that day on.`,
    'occurredAt',
  );
  return [
    withNextExpiry(happened('RedemptionReversed', { redemptionId, reason, reversedOn }, context), ledger, context),
  ];
}

/** The redemption and its reversal. */
function movementsOf({ movements }: LoyaltyLedger, redemptionId: string): Movement[] {
  return movements.filter(({ kind, id }) => (kind === 'redeemed' || kind === 'reversed') && id === redemptionId);
}
