import type { ChurnRiskAssessed, RiskAssessment, RiskFact } from '#contracts/retention.events.js';
import { addDays, compareInstants } from '../calendar.js';
import type { DecisionContext } from '../decider.js';
import { assessRisk, type RiskFacts } from '../retention/assess-risk.js';
import { withSign } from '../retention/facts.js';
import { retentionRulesOn } from '../retention/rules.js';
import type { RiskSign } from '../retention/signs.js';
import type { Decision } from './known.js';
import type { AssessRiskByRules } from './retention-commands.js';
import type { RetentionState } from './retention-state.js';
import type { CustomerState } from './state.js';

type RulesRisk = NonNullable<RetentionState['rulesRisk']>;

const NO_RISK: RulesRisk = { band: 'low', factors: [] };

/**
 * One assessment for each sign that changes the band or a factor. What the rules know stands in their last assessment,
 * which also says through which position they know it: a sign that is sent again, whatever comes along with it, finds
 * itself taken into account (docs/adr/0014).
 */
export function assessByRules(
  { signs, rules }: AssessRiskByRules,
  state: CustomerState,
  { businessDate }: DecisionContext,
): Decision {
  if (state.status !== 'acquired' || state.churnedAt !== undefined || state.erased) return [];
  const decided: Decision = [];
  let before = state.rulesRisk ?? NO_RISK;
  let { riskToldAt } = state;
  for (const sign of signs) {
    const version = retentionRulesOn(rules, dayOf(sign));
    if (isKnown(sign, before) || isPast(sign, version.document.presentDays, businessDate)) continue;
    const assessed = assessRisk(withSign(factsOf(before), sign, version.document), version, dayOf(sign));
    if (isSame(assessed, before)) continue;
    const knownThrough = 'position' in sign ? sign.position : before.knownThrough;
    const data: ChurnRiskAssessed = { ...assessed, ...(knownThrough === undefined ? {} : { knownThrough }) };
    // A fact that comes late changes what is thought of the customer now, not what was thought of them then.
    riskToldAt = later(sign.occurredAt, riskToldAt);
    decided.push({
      type: 'ChurnRiskAssessed',
      data,
      occurredAt: riskToldAt,
      causationId: sign.eventId,
      rulesVersion: version.version,
    });
    before = data;
  }
  return decided;
}

function later(a: string, b: string | undefined): string {
  return b === undefined || compareInstants(a, b) > 0 ? a : b;
}

function dayOf({ occurredAt }: RiskSign): string {
  return occurredAt.slice(0, 10);
}

function isKnown(sign: RiskSign, { factors, knownThrough }: RulesRisk): boolean {
  if ('position' in sign) return knownThrough !== undefined && BigInt(sign.position) <= BigInt(knownThrough);
  // Of two silences the one after the later purchase counts.
  const [known] = factors.find(({ name }) => name === 'inactivity')?.facts ?? [];
  return known !== undefined && compareInstants(sign.lastPurchase.occurredAt, known.occurredAt) < 0;
}

/** What is over may be told at any time; what speaks for leaving must be of the present. */
function isPast(sign: RiskSign, presentDays: number, businessDate: string): boolean {
  if (sign.sign === 'settled' || sign.sign === 'bought' || sign.sign === 'heard') return false;
  return dayOf(sign) < addDays(businessDate, -presentDays);
}

function factsOf({ factors }: RulesRisk): RiskFacts {
  return Object.fromEntries(factors.map(({ name, facts }): [string, RiskFact[]] => [name, facts ?? []]));
}

/** Factors and facts stand in a fixed order, so that equal ones are equal text. */
function isSame(assessed: RiskAssessment, before: RulesRisk): boolean {
  return assessed.band === before.band && JSON.stringify(assessed.factors) === JSON.stringify(before.factors);
}
