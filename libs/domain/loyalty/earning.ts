import type { LoyaltyEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import type { PointsEarned } from '#contracts/loyalty.events.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import { addDays, compareInstants } from '../calendar.js';
import { decimalsOf } from '../currency.js';
import type { Decided, DecisionContext } from '../decider.js';
import { ensure, isGiven } from '../deciding.js';
import { decimal, floor, times } from '../decimal.js';
import type { EarningSource, EarnPoints } from './commands.js';
import { ensureRulesPublished, multipliesAnything, versionAt } from './rules.js';
import { loyaltyLevelOn } from './standing.js';
import { evolve, type LoyaltyLedger } from './state.js';
import { announceUpgrade, type EarningStep } from './upgrading.js';

type Decision = Decided<LoyaltyEvent>[];

/**
 * One source earns no more: far above any purchase, and low enough that a ledger's sums stay exact in a JSON number. To
 * refuse the source instead would refuse the customer's other ones with it.
 */
const MOST_POINTS = 1_000_000_000_000n;

/**
 * One lot for each source that has not earned yet, for ever, in the order in which they happened, then the upgrade that
 * they brought about. Every event takes its time and cause from its source, so that a retry decides the same.
 */
export function earnPoints(command: EarnPoints, ledger: LoyaltyLedger, context: DecisionContext): Decision {
  const { customerId, rules } = command;
  ensure(
    ledger.customerId === undefined || ledger.customerId === customerId,
    'invalid',
    'ledger-of-its-customer',
    `This ledger belongs to customer ${ledger.customerId}: send the points of ${customerId} to a ledger of its own.`,
    'customerId',
  );
  ensureRulesPublished(rules);
  const sources = unseen(command.sources, ledger);
  const decided: Decision = [];
  const steps: EarningStep[] = [];
  let current = ledger;
  const add = (event: Decided<LoyaltyEvent>): void => {
    decided.push(event);
    current = evolve(current, { ...event, eventId: '' });
  };
  if (ledger.customerId === undefined && sources[0] !== undefined) {
    add(becauseOf(sources[0], { type: 'LoyaltyEnrolled', data: { customerId } }));
  }
  for (const source of sources) {
    const data = pointsOf(source, current, rules);
    if (data === undefined) continue;
    add(becauseOf(source, { type: 'PointsEarned', data }));
    steps.push({ source, lots: current.lots.length });
  }
  const upgrade = announceUpgrade(ledger, steps, current, rules, context.businessDate);
  if (upgrade !== undefined)
    decided.push(becauseOf(upgrade.source, { type: 'LoyaltyLevelUpgraded', data: upgrade.data }));
  return decided;
}

/** In the order in which they happened, each once. */
function unseen(sources: EarningSource[], ledger: LoyaltyLedger): EarningSource[] {
  const seen = new Set(ledger.lots.map((lot) => lot.sourceEventId));
  return [...sources]
    .sort((a, b) => compareInstants(a.occurredAt, b.occurredAt))
    .filter(({ eventId }) => !seen.has(eventId) && seen.add(eventId));
}

function becauseOf(source: EarningSource, event: LoyaltyEvent): Decided<LoyaltyEvent> {
  return { ...event, occurredAt: source.occurredAt, causationId: source.eventId };
}

/** `floor(floor(amount / minorUnitsPerPoint) × multiplier)`, judged by the version valid on the purchase's day. */
function pointsOf(
  source: EarningSource,
  ledger: LoyaltyLedger,
  rules: RulesPublished<'loyalty'>[],
): PointsEarned | undefined {
  const { version, day } = versionAt(rules, source.occurredAt);
  const { unitsPerPoint, expiryDays } = version.document;
  const minorUnitsPerPoint = unitsPerPoint * 10 ** decimalsOf(source.currency);
  const multiplier = multiplierOn(day, ledger, rules, version);
  const whole = BigInt(source.amount) / BigInt(minorUnitsPerPoint);
  const points = least(floor(times(decimal(multiplier), whole)), MOST_POINTS);
  if (points === 0n) return undefined;
  return {
    lotId: derivedId('lot', source.eventId),
    points: Number(points),
    sourceEventId: source.eventId,
    earnedOn: day,
    ...(isGiven(expiryDays) && { expiresOn: addDays(day, expiryDays + 1) }),
    rulesVersion: version.version,
    breakdown: { amount: source.amount, currency: source.currency, minorUnitsPerPoint, multiplier },
  };
}

/** Of the loyalty level held on the purchase's day, before the purchase itself: nobody multiplies their own upgrade. */
function multiplierOn(
  day: string,
  ledger: LoyaltyLedger,
  rules: RulesPublished<'loyalty'>[],
  { document }: RulesPublished<'loyalty'>,
): string {
  if (!multipliesAnything(document)) return '1';
  const { loyaltyLevel } = loyaltyLevelOn(ledger, rules, day);
  return document.levels.find(({ name }) => name === loyaltyLevel)?.multiplier ?? '1';
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
