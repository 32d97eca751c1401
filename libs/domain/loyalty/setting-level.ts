import type { RulesPublished } from '#contracts/rules.events.js';
import type { DecisionContext } from '../decider.js';
import { ensure, happened, requireNotAfterBusinessDate } from '../deciding.js';
import type { SetLoyaltyLevel } from './commands.js';
import { type Decision, dayOfCommand, enrolment, requireNotMoved } from './deciding-points.js';
import { versionOn } from './rules.js';
import { loyaltyLevelOn } from './standing.js';
import type { LoyaltyLedger } from './state.js';

/** By hand, whatever the points say: held like a level that was reached, until points decide again. */
export function setLoyaltyLevel(
  { customerId, loyaltyLevel, reason, rules }: SetLoyaltyLevel & { rules: RulesPublished<'loyalty'>[] },
  ledger: LoyaltyLedger,
  context: DecisionContext,
): Decision {
  requireNotMoved(ledger);
  requireNotAfterBusinessDate(context);
  const setOn = dayOfCommand(rules, context);
  const { levels } = versionOn(rules, setOn).document;
  ensure(
    levels.some(({ name }) => name === loyaltyLevel),
    'invalid',
    'loyalty-level-known',
    `There is no loyalty level ${loyaltyLevel}; there are: ${levels.map(({ name }) => name).join(', ')}.`,
    'loyaltyLevel',
  );
  const held = { ...ledger, levelsSet: [...ledger.levelsSet, { loyaltyLevel, on: setOn }] };
  const { reviewOn } = loyaltyLevelOn(held, rules, setOn);
  const data = { loyaltyLevel, setOn, reason, ...(reviewOn !== undefined && { reviewOn }) };
  return [...enrolment(customerId, ledger, context), happened('LoyaltyLevelSet', data, context)];
}
