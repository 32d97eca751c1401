import type { LoyaltyEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import type { PointsEarned } from '#contracts/loyalty.events.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import { addDays, compareInstants } from '../calendar.js';
import type { Decided, DecisionContext } from '../decider.js';
import { isGiven } from '../deciding.js';
import { announceAfter, type Step } from './announcing.js';
import { type Settled, settleChange } from './claw-back.js';
import type { EarningSource, EarnPoints } from './commands.js';
import { after, type Decision, requireNotMoved, withNextExpiry } from './deciding-points.js';
import { isOfPurchase } from './movement.js';
import { pointsFor, rateOn } from './points.js';
import { versionAt } from './rules.js';
import { type Fact, isChange, nameOf, settledBy } from './settled.js';
import type { LoyaltyLedger } from './state.js';

/**
 * One lot for each source that has not earned yet, for ever, and what each change does to it, in the order in which
 * they happened; then the level that they brought about. Every event takes its time and cause from its fact, so that a
 * retry decides the same.
 */
export function earnPoints(command: EarnPoints, ledger: LoyaltyLedger, context: DecisionContext): Decision {
  const { customerId, rules, mergeId } = command;
  const facts = unsettled(command, ledger);
  if (facts.length > 0) requireNotMoved(ledger, mergeId);
  const decided: Decision = [];
  const steps: Step[] = [];
  let current = ledger;
  const add = (event: Decided<LoyaltyEvent>): void => {
    decided.push(event);
    current = after(current, event);
  };
  if (ledger.customerId === undefined && facts[0] !== undefined) {
    add(becauseOf(facts[0], { type: 'LoyaltyEnrolled', data: { customerId } }));
  }
  for (const fact of facts) {
    const event = isChange(fact) ? settleChange(fact, current, rules) : earnedBy(fact, current, rules);
    if (event === undefined) continue;
    const isClawBack = event.type === 'PointsClawedBack';
    const settled = becauseOf(fact, underMerge(event, mergeId));
    add(isClawBack ? withNextExpiry(settled, current, context) : settled);
    steps.push({ cause: fact, lots: current.lots.length, isClawBack });
  }
  const change = announceAfter(steps, ledger, current, rules, context.businessDate);
  if (change !== undefined) decided.push(becauseOf(change.cause, change.event));
  return decided;
}

/**
 * What the ledger has not settled, each once, in the order in which it happened, though a change never before its
 * purchase. A purchase that was cancelled before it earned earns nothing that would have to be claimed back.
 */
function unsettled({ sources, changes = [] }: EarnPoints, ledger: LoyaltyLedger): Fact[] {
  const settled = settledBy(ledger);
  const cancelled = new Set(
    changes
      .filter(
        ({ isCancellation, purchase }) =>
          isCancellation && !ledger.lots.some((lot) => isOfPurchase(lot, purchase.eventId)),
      )
      .map(({ purchase }) => purchase.eventId),
  );
  const facts: Fact[] = [...sources, ...changes];
  return facts
    .sort((a, b) => compareInstants(orderOf(a), orderOf(b)))
    .filter((fact) => {
      const name = nameOf(fact);
      if (settled.has(name)) return false;
      settled.add(name);
      return !cancelled.has(isChange(fact) ? fact.purchase.eventId : fact.eventId);
    });
}

function orderOf(fact: Fact): string {
  if (!isChange(fact) || compareInstants(fact.occurredAt, fact.purchase.occurredAt) >= 0) return fact.occurredAt;
  return fact.purchase.occurredAt;
}

function becauseOf(
  { occurredAt, eventId }: Step['cause'],
  event: LoyaltyEvent & { rulesVersion?: number },
): Decided<LoyaltyEvent> {
  return { ...event, occurredAt, causationId: eventId };
}

/** What it brings about goes back when the merge is undone. */
function underMerge(event: Settled, mergeId: string | undefined): Settled {
  return mergeId === undefined ? event : ({ ...event, data: { ...event.data, mergeId } } as Settled);
}

/** Judged by the version valid on the purchase's day. */
function earnedBy(
  source: EarningSource,
  ledger: LoyaltyLedger,
  rules: RulesPublished<'loyalty'>[],
): { type: 'PointsEarned'; data: PointsEarned; rulesVersion: number } | undefined {
  const { version, day } = versionAt(rules, source.occurredAt);
  const { expiryDays } = version.document;
  const rate = rateOn(day, source.currency, ledger, rules, version);
  const points = pointsFor(source.amount, rate);
  if (points === 0) return undefined;
  const repaid = Math.min(ledger.deficit, points);
  const data = {
    lotId: derivedId('lot', source.eventId),
    points,
    sourceEventId: source.eventId,
    earnedOn: day,
    ...(isGiven(expiryDays) && { expiresOn: addDays(day, expiryDays + 1) }),
    rulesVersion: version.version,
    breakdown: { amount: source.amount, currency: source.currency, ...rate },
    ...(repaid > 0 && { repaid }),
  };
  return { type: 'PointsEarned', data, rulesVersion: version.version };
}
