import type { LoyaltyEvent } from '#contracts/events.js';
import type { LoyaltyLevelChange } from '#contracts/loyalty.events.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import { versionOn } from './rules.js';
import { type LoyaltyStanding, loyaltyLevelOn } from './standing.js';
import type { LoyaltyLedger } from './state.js';

/** What has happened on a ledger because of a command, by which the loyalty level may have changed. */
export interface Step {
  cause: { eventId: string; occurredAt: string };
  /** How many lots the ledger held then: the ledgers themselves would be many large copies. */
  lots: number;
  /** It took points back. */
  isClawBack: boolean;
}

type LevelEvent = Extract<
  LoyaltyEvent,
  { type: 'LoyaltyLevelUpgraded' | 'LoyaltyLevelRenewed' | 'LoyaltyLevelDowngraded' }
> & { rulesVersion: number };

/**
 * How the present loyalty level differs from the announced one: `LoyaltyLevel…` events announce changes of the present
 * only. It is renewed when it is the same and points have decided again since.
 * @returns undefined when it does not differ.
 */
export function levelChange(
  ledger: LoyaltyLedger,
  standing: LoyaltyStanding,
  rules: RulesPublished<'loyalty'>[],
  businessDate: string,
): LevelEvent | undefined {
  const to = standing.loyaltyLevel;
  const inForce = versionOn(rules, businessDate);
  const from = ledger.announced?.loyaltyLevel ?? inForce.document.levels[0]!.name;
  const step = thresholdOf(to, rules, businessDate) - thresholdOf(from, rules, businessDate);
  const { points, window } = standing.decidedBy ?? { points: standing.qualifyingPoints, window: standing.window };
  const { reviewOn, rulesVersion = inForce.version } = standing;
  const data: LoyaltyLevelChange = { from, to, basis: points, window, ...(reviewOn !== undefined && { reviewOn }) };
  if (step > 0) return { type: 'LoyaltyLevelUpgraded', data, rulesVersion };
  if (step < 0) return { type: 'LoyaltyLevelDowngraded', data, rulesVersion };
  return reviewOn === ledger.announced?.reviewOn ? undefined : { type: 'LoyaltyLevelRenewed', data, rulesVersion };
}

/**
 * The upgrade or downgrade that earnings and claw-backs brought about. A level that only its review takes away, or
 * renews, is left to that. Its cause is the step that made it so: the first after which the ledger gives today's level;
 * the last one where that cannot be told, as after new rules.
 */
export function announceAfter(
  steps: Step[],
  before: LoyaltyLedger,
  after: LoyaltyLedger,
  rules: RulesPublished<'loyalty'>[],
  businessDate: string,
): { cause: Step['cause']; event: LevelEvent } | undefined {
  const last = steps.at(-1);
  if (last === undefined) return undefined;
  const standing = loyaltyLevelOn(after, rules, businessDate);
  const event = levelChange(after, standing, rules, businessDate);
  const clawBack = steps.findLast(({ isClawBack }) => isClawBack);
  if (event?.type === 'LoyaltyLevelDowngraded') return clawBack && { cause: clawBack.cause, event };
  if (event?.type !== 'LoyaltyLevelUpgraded') return undefined;
  const gives = (ledger: LoyaltyLedger) => loyaltyLevelOn(ledger, rules, businessDate).loyaltyLevel === event.data.to;
  if (clawBack !== undefined || gives(before)) return { cause: last.cause, event };
  const first = steps.find(({ lots }) => gives({ ...after, lots: after.lots.slice(0, lots) }));
  return { cause: (first ?? last).cause, event };
}

/** The announced level may be of an older version, which named its levels otherwise: thresholds compare, names do not. */
function thresholdOf(level: string, rules: RulesPublished<'loyalty'>[], day: string): number {
  const inForce = versionOn(rules, day);
  const versions = [inForce, ...rules.filter(({ version }) => version < inForce.version).reverse()];
  for (const { document } of versions) {
    const rule = document.levels.find(({ name }) => name === level);
    if (rule !== undefined) return rule.threshold;
  }
  return 0;
}
