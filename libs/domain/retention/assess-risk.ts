import type { RiskBand } from '#contracts/codes.js';
import type { RiskAssessment, RiskFact } from '#contracts/retention.events.js';
import type { RetentionRules } from '#contracts/rules/retention-rules.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import { addDays, compareInstants } from '../calendar.js';

/** The model named on every assessment that the published rules make. */
export const RULES_MODEL = 'rapport-rules';

export const RISK_FACTORS = ['inactivity', 'openComplaint', 'poorSatisfaction', 'brokenPromise'] as const;
export type RiskFactorName = (typeof RISK_FACTORS)[number];

/** What is known that speaks for leaving, by the factor that it makes. */
export type RiskFacts = Readonly<Partial<Record<RiskFactorName, readonly RiskFact[]>>>;

/** Of a factor: the latest that an assessment names. */
const MOST_FACTS = 100;

/**
 * The risk that a customer leaves: every factor that rests on a fact adds its weight once, to at most 1. Facts that are
 * too old on the day say nothing; how long ago the last purchase was is what inactivity is about, so that one stays.
 * @param day `YYYY-MM-DD`.
 */
export function assessRisk(
  facts: RiskFacts,
  { version, document }: RulesPublished<'retention'>,
  day: string,
): RiskAssessment {
  const since = addDays(day, -document.presentDays);
  const factors = RISK_FACTORS.flatMap((name) => {
    const present = (facts[name] ?? []).filter(({ occurredAt }) => name === 'inactivity' || occurredAt >= since);
    if (present.length === 0) return [];
    return [{ name, weight: weightOf(name, document), facts: latest(present) }];
  });
  const sum = factors.reduce((score, { weight }) => score + weight, 0);
  // Sums of decimals are told as people add them up: 0.3 + 0.3 + 0.2 is 0.8.
  const score = Math.min(1, Math.round(sum * 10_000) / 10_000);
  return { score, band: bandOf(score, document), factors, model: { name: RULES_MODEL, version: String(version) } };
}

function weightOf(name: RiskFactorName, rules: RetentionRules): number {
  return rules[`${name}Weight`];
}

function bandOf(score: number, { mediumFrom, highFrom }: RetentionRules): RiskBand {
  if (score >= highFrom) return 'high';
  return score >= mediumFrom ? 'medium' : 'low';
}

function latest(facts: readonly RiskFact[]): RiskFact[] {
  return [...facts].sort((a, b) => compareInstants(a.occurredAt, b.occurredAt)).slice(-MOST_FACTS);
}
