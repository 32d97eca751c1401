import type { LoyaltyEvent } from '#contracts/events.js';
import { type Decided, type DecisionContext, unreachable } from '../decider.js';
import type { LoyaltyCommand } from './commands.js';
import { earnPoints } from './earning.js';
import type { LoyaltyLedger } from './state.js';

/** The rules of a `loyalty-{customerId}` stream (docs/loyalty.md). */
export function decide(
  command: LoyaltyCommand,
  ledger: LoyaltyLedger,
  context: DecisionContext,
): Decided<LoyaltyEvent>[] {
  switch (command.type) {
    case 'EarnPoints':
      return earnPoints(command, ledger, context);
    default:
      return unreachable(command.type);
  }
}
