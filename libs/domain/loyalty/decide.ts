import type { LoyaltyEvent } from '#contracts/events.js';
import { type Decided, type DecisionContext, unreachable } from '../decider.js';
import { ensure } from '../deciding.js';
import { adjustPoints } from './adjusting.js';
import type { LoyaltyCommand } from './commands.js';
import { earnPoints } from './earning.js';
import { expirePoints } from './expiring.js';
import { redeemPoints, reverseRedemption } from './redeeming.js';
import { reviewLoyaltyLevel } from './reviewing.js';
import { ensureRulesPublished } from './rules.js';
import { setLoyaltyLevel } from './setting-level.js';
import type { LoyaltyLedger } from './state.js';
import { transferPointsIn, transferPointsOut } from './transferring.js';

/** The rules of a `loyalty-{customerId}` stream (docs/loyalty.md). */
export function decide(
  command: LoyaltyCommand,
  ledger: LoyaltyLedger,
  context: DecisionContext,
): Decided<LoyaltyEvent>[] {
  ensureRulesPublished(command.rules);
  if ('customerId' in command) ensureLedgerOf(command.customerId, ledger);
  switch (command.type) {
    case 'EarnPoints':
      return earnPoints(command, ledger, context);
    case 'RedeemPoints':
      return redeemPoints(command, ledger, context);
    case 'ReverseRedemption':
      return reverseRedemption(command, ledger, context);
    case 'AdjustPoints':
      return adjustPoints(command, ledger, context);
    case 'SetLoyaltyLevel':
      return setLoyaltyLevel(command, ledger, context);
    case 'ExpirePoints':
      return expirePoints(command, ledger, context);
    case 'ReviewLoyaltyLevel':
      return reviewLoyaltyLevel(command, ledger, context);
    case 'TransferPointsOut':
      return transferPointsOut(command, ledger, context);
    case 'TransferPointsIn':
      return transferPointsIn(command, ledger, context);
    default:
      return unreachable(command);
  }
}

function ensureLedgerOf(customerId: string, ledger: LoyaltyLedger): void {
  ensure(
    ledger.customerId === undefined || ledger.customerId === customerId,
    'invalid',
    'ledger-of-its-customer',
    `This ledger belongs to customer ${ledger.customerId}: send the points of ${customerId} to a ledger of its own.`,
    'customerId',
  );
}
