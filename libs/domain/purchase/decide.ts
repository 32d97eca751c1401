import type { PurchaseEvent } from '#contracts/events.js';
import { type Decided, type DecisionContext, unreachable } from '../decider.js';
import { ensure, happened, requireNotAfterBusinessDate } from '../deciding.js';
import type { PurchaseCommand, RecordPurchase, RecordUnlinkedReturn } from './commands.js';
import { followUp } from './follow-up.js';
import type { PurchaseState } from './state.js';
import {
  requireCostWithinBounds,
  requireRefundReconciles,
  requireTotalsReconcile,
  requireUniqueLineIds,
} from './totals.js';

type Decision = Decided<PurchaseEvent>[];

/** The rules of a `purchase-{id}` stream. */
export function decide(command: PurchaseCommand, state: PurchaseState, context: DecisionContext): Decision {
  switch (command.type) {
    case 'RecordPurchase':
      return recordPurchase(command, state, context);
    case 'RecordUnlinkedReturn':
      return recordUnlinkedReturn(command, state, context);
    case 'CostPurchase':
    case 'FulfilPurchase':
    case 'ReceivePayment':
    case 'ReturnPurchase':
    case 'CancelPurchase':
    case 'CorrectPurchase':
      return followUp(command, state, context);
    default:
      return unreachable(command);
  }
}

function recordPurchase({ type, ...data }: RecordPurchase, state: PurchaseState, context: DecisionContext): Decision {
  requireNothingHeld(state);
  requireNotAfterBusinessDate(context);
  requireUniqueLineIds(data.lines);
  requireTotalsReconcile(data);
  requireCostWithinBounds(data, 'lines');
  return [happened('CustomerPurchased', data, context)];
}

function recordUnlinkedReturn(
  { type, ...data }: RecordUnlinkedReturn,
  state: PurchaseState,
  context: DecisionContext,
): Decision {
  requireNothingHeld(state);
  requireNotAfterBusinessDate(context);
  requireRefundReconciles(data);
  return [happened('UnlinkedReturnRecorded', data, context)];
}

/** The id is the order's: another record of it is a mistake. An identical repeat is recognised before a decision. */
function requireNothingHeld({ holds }: PurchaseState): void {
  ensure(
    holds !== 'purchase',
    'conflict',
    'purchase-exists',
    'This purchase has already been recorded, with other content: correct the recorded one.',
  );
  ensure(
    holds !== 'unlinkedReturn',
    'conflict',
    'return-exists',
    'A return has already been recorded under this id: use an id of its own.',
  );
}
