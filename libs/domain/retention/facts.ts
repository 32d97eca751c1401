import type { RiskFact } from '#contracts/retention.events.js';
import type { RetentionRules } from '#contracts/rules/retention-rules.js';
import { compareInstants } from '../calendar.js';
import { unreachable } from '../decider.js';
import type { RiskFacts } from './assess-risk.js';
import type { RiskSign } from './signs.js';

/** What is known after a sign. The same sign once more changes nothing. */
export function withSign(facts: RiskFacts, sign: RiskSign, rules: RetentionRules): RiskFacts {
  switch (sign.sign) {
    case 'unsettled': {
      const { complaintId: id, occurredAt } = sign;
      const open = facts.openComplaint ?? [];
      if (open.some((fact) => fact.id === id)) return facts;
      return { ...facts, openComplaint: [...open, { about: 'complaint', id, occurredAt }] };
    }
    case 'settled':
      return { ...facts, openComplaint: facts.openComplaint?.filter(({ id }) => id !== sign.complaintId) };
    case 'rated':
      return { ...facts, poorSatisfaction: rated(facts.poorSatisfaction ?? [], sign, rules) };
    case 'promiseBroken': {
      const { promiseId: id, occurredAt } = sign;
      const broken = facts.brokenPromise ?? [];
      if (broken.some((fact) => fact.id === id)) return facts;
      return { ...facts, brokenPromise: [...broken, { about: 'promise', id, occurredAt }] };
    }
    case 'bought':
      return { ...facts, inactivity: notBefore(sign.occurredAt, facts.inactivity) };
    case 'heard':
      return { ...facts, inactivity: notBefore(sign.lastPurchase.occurredAt, facts.inactivity) };
    case 'silent':
      return { ...facts, inactivity: [sign.lastPurchase] };
    default:
      return unreachable(sign);
  }
}

/** An inactivity that rests on an earlier purchase is over. */
function notBefore(purchaseAt: string, inactivity: readonly RiskFact[] | undefined): readonly RiskFact[] | undefined {
  return inactivity?.filter(({ occurredAt }) => compareInstants(occurredAt, purchaseAt) >= 0);
}

/** Of the answers to one question the latest counts, whenever it was recorded. */
function rated(
  poor: readonly RiskFact[],
  { about, surveyId: id, occurredAt, share }: Extract<RiskSign, { sign: 'rated' }>,
  { poorSatisfactionShare }: RetentionRules,
): readonly RiskFact[] {
  const before = poor.find((fact) => fact.about === about);
  if (before && compareInstants(occurredAt, before.occurredAt) < 0) return poor;
  const others = poor.filter((fact) => fact !== before);
  return share <= poorSatisfactionShare ? [...others, { about, id, occurredAt }] : others;
}
