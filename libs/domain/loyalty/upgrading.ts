import type { LoyaltyLevelUpgraded } from '#contracts/loyalty.events.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import type { EarningSource } from './commands.js';
import { versionOn } from './rules.js';
import { type LoyaltyStanding, loyaltyLevelOn } from './standing.js';
import type { LoyaltyLedger } from './state.js';

/** A source that has earned, and how many lots the ledger held then: the ledgers themselves would be many large copies. */
export interface EarningStep {
  source: EarningSource;
  lots: number;
}

/**
 * The upgrade to announce: the present loyalty level is above the announced one (`LoyaltyLevel…` events announce
 * changes of the present only). Its source is the one that made it so: the first after which the ledger gives today's
 * level; the last one where the level was there without any of them, as after new rules.
 * @returns undefined when nothing was earned or the level is not above.
 */
export function announceUpgrade(
  before: LoyaltyLedger,
  steps: EarningStep[],
  after: LoyaltyLedger,
  rules: RulesPublished<'loyalty'>[],
  businessDate: string,
): { source: EarningSource; data: LoyaltyLevelUpgraded } | undefined {
  if (steps.length === 0) return undefined;
  const standing = loyaltyLevelOn(after, rules, businessDate);
  const { levels } = versionOn(rules, businessDate).document;
  const from = before.announcedLoyaltyLevel ?? levels[0]!.name;
  if (thresholdOf(standing.loyaltyLevel, rules, businessDate) <= thresholdOf(from, rules, businessDate))
    return undefined;
  const source = sourceOf(standing, before, steps, after, rules, businessDate);
  const { points, window } = standing.decidedBy ?? { points: standing.qualifyingPoints, window: standing.window };
  return { source, data: { from, to: standing.loyaltyLevel, basis: points, window } };
}

function sourceOf(
  { loyaltyLevel }: LoyaltyStanding,
  before: LoyaltyLedger,
  steps: EarningStep[],
  after: LoyaltyLedger,
  rules: RulesPublished<'loyalty'>[],
  businessDate: string,
): EarningSource {
  const gives = (ledger: LoyaltyLedger) => loyaltyLevelOn(ledger, rules, businessDate).loyaltyLevel === loyaltyLevel;
  const last = steps.at(-1)!;
  if (gives(before)) return last.source;
  return (steps.find(({ lots }) => gives({ ...after, lots: after.lots.slice(0, lots) })) ?? last).source;
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
