import type { PurchaseEvent } from '#contracts/events.js';
import type { LineQuantity } from '#contracts/purchase.events.js';
import { type Decided, type DecisionContext, unreachable } from '../decider.js';
import { ensure, happened, requireInOrder, requireNotAfterBusinessDate } from '../deciding.js';
import type {
  CancelPurchase,
  CorrectPurchase,
  CostPurchase,
  FollowUp,
  FulfilPurchase,
  ReceivePayment,
  ReturnPurchase,
} from './commands.js';
import { costingLost, keptCosting, quantitiesOf, remainderOf } from './remainder.js';
import { costed, evolve, isSameContent, type PurchaseState, type RecordedPurchase } from './state.js';
import {
  requireCostWithinBounds,
  requireRefundReconciles,
  requireTotalsReconcile,
  requireUniqueLineIds,
} from './totals.js';

type Decision = Decided<PurchaseEvent>[];

/** What comes after a purchase that has been recorded. */
export function followUp(command: FollowUp, state: PurchaseState, context: DecisionContext): Decision {
  const purchase = requirePurchase(state);
  requireNotAfterBusinessDate(context);
  requireNotBefore(purchase, context.occurredAt);
  switch (command.type) {
    case 'CostPurchase':
      return cost(command, purchase, context);
    case 'FulfilPurchase':
      return fulfil(command, purchase, context);
    case 'ReceivePayment':
      return receivePayment(command, purchase, context);
    case 'ReturnPurchase':
      return takeBack(command, purchase, context);
    case 'CancelPurchase':
      return cancel(command, purchase, context);
    case 'CorrectPurchase':
      return correct(command, purchase, context);
    default:
      return unreachable(command);
  }
}

/** Nothing becomes of a purchase before it was made. */
function requireNotBefore({ occurredAt }: RecordedPurchase, instant: string, field?: string): void {
  requireInOrder(instant, { instant: occurredAt, what: 'it was bought' }, 'purchase-dates-in-order', field);
}

function requirePurchase({ purchase }: PurchaseState): RecordedPurchase {
  ensure(
    purchase !== undefined,
    'not-found',
    'purchase-recorded',
    'There is no purchase of this id: record it first. A return whose purchase is not known cannot be gone on with.',
  );
  return purchase;
}

function cost({ lines }: CostPurchase, purchase: RecordedPurchase, context: DecisionContext): Decision {
  requireUniqueLineIds(lines);
  requireKnownLines(lines, purchase);
  const after = { ...purchase, content: costed(purchase.content, lines) };
  requireCostWithinBounds({ ...after.content, currency: purchase.currency }, 'lines');
  const costing = { before: keptCosting(purchase), after: keptCosting(after) };
  return [happened('PurchaseCosted', { lines, currency: purchase.currency, ...costing }, context)];
}

function fulfil(command: FulfilPurchase, purchase: RecordedPurchase, context: DecisionContext): Decision {
  const { type, deliveredAt = context.occurredAt, ...data } = command;
  requireNotCancelled(purchase);
  requireOnce(purchase.fulfilmentIds, data.fulfilmentId, 'fulfilment-once', 'fulfilmentId', 'Fulfilment');
  ensure(
    deliveredAt.slice(0, 10) <= context.businessDate,
    'invalid',
    'not-after-business-date',
    `${deliveredAt} is after the business date ${context.businessDate}: only what was delivered can be recorded.`,
    'deliveredAt',
  );
  requireNotBefore(purchase, deliveredAt, 'deliveredAt');
  requireUniqueLineIds(data.lines);
  requireWithinBought(data.lines, purchase.fulfilled, purchase, 'fulfilled-within-bought', 'fulfilled');
  return [happened('PurchaseFulfilled', { ...data, deliveredAt }, context)];
}

/** Also after a cancellation: what comes in comes in. */
function receivePayment(
  { type, ...data }: ReceivePayment,
  { paymentIds }: RecordedPurchase,
  context: DecisionContext,
): Decision {
  requireOnce(paymentIds, data.paymentId, 'payment-once', 'paymentId', 'Payment');
  return [happened('PaymentReceived', data, context)];
}

function takeBack({ type, ...data }: ReturnPurchase, purchase: RecordedPurchase, context: DecisionContext): Decision {
  requireNotCancelled(purchase);
  requireOnce(purchase.returnIds, data.returnId, 'return-once', 'returnId', 'Return');
  requireUniqueLineIds(data.lines);
  requireWithinBought(data.lines, purchase.returned, purchase, 'returned-within-bought', 'returned');
  requireRefundReconciles(data);
  const { total } = purchase.content;
  ensure(
    BigInt(purchase.refunded) + BigInt(data.refund) <= BigInt(total),
    'invalid',
    'refund-within-paid',
    `${data.refund} and the ${purchase.refunded} given back before are more than the purchase's total of ${total}.`,
    'refund',
  );
  const returned = happened('PurchaseReturned', data, context);
  const after = purchaseAfter(purchase, returned);
  const more = {
    currency: purchase.currency,
    costing: costingLost(purchase, after),
    remainder: remainderOf(purchase, after),
  };
  return [{ ...returned, data: { ...data, ...more } }];
}

/** A whole return. Of what came back in part, the rest is returned instead. */
function cancel({ reason }: CancelPurchase, purchase: RecordedPurchase, context: DecisionContext): Decision {
  requireNotCancelled(purchase);
  ensure(
    purchase.returnIds.length === 0,
    'conflict',
    'cancelled-before-returns',
    'Something of this purchase has come back: return the rest of it instead.',
  );
  const after = { ...purchase, isCancelled: true };
  const data = {
    ...(reason !== undefined && { reason }),
    currency: purchase.currency,
    refund: purchase.content.total,
    costing: costingLost(purchase, after),
    remainder: remainderOf(purchase, after),
  };
  return [happened('PurchaseCancelled', data, context)];
}

/** What stands already needs no correction. */
function correct(command: CorrectPurchase, purchase: RecordedPurchase, context: DecisionContext): Decision {
  const { content: before, currency } = purchase;
  requireNotCancelled(purchase);
  requireUniqueLineIds(command.after.lines, 'after.');
  requireTotalsReconcile({ ...command.after, currency }, 'after.');
  // What a line cost stays known, unless the correction says otherwise.
  const known = costed(command.after, before.lines);
  const after = costed(known, command.after.lines);
  requireCostWithinBounds({ ...after, currency }, 'after.lines');
  if (isSameContent(before, after)) return [];
  const corrected = { ...purchase, content: after };
  requireLinesKept(purchase.returned, corrected, 'returned-within-bought', 'returned');
  requireLinesKept(purchase.fulfilled, corrected, 'fulfilled-within-bought', 'fulfilled');
  ensure(
    purchase.refunded <= after.total,
    'conflict',
    'refund-within-paid',
    `${purchase.refunded} have been given back: the total may not be less.`,
    'after.total',
  );
  const { reason } = command;
  const data = { before, after, reason, currency, remainder: remainderOf(purchase, corrected) };
  return [happened('PurchaseCorrected', data, context)];
}

function purchaseAfter(purchase: RecordedPurchase, event: Decided<PurchaseEvent>): RecordedPurchase {
  return evolve({ holds: 'purchase', purchase }, { ...event, eventId: '' }).purchase!;
}

function requireNotCancelled({ isCancelled }: RecordedPurchase): void {
  ensure(!isCancelled, 'conflict', 'purchase-not-cancelled', 'This purchase has been cancelled.');
}

function requireOnce(known: string[], id: string, rule: string, field: string, what: string): void {
  ensure(!known.includes(id), 'conflict', rule, `${what} ${id} has already been recorded for this purchase.`, field);
}

function requireKnownLines(lines: { lineId: string }[], { content }: RecordedPurchase): void {
  const known = new Set(content.lines.map(({ lineId }) => lineId));
  for (const [index, { lineId }] of lines.entries()) {
    ensure(
      known.has(lineId),
      'invalid',
      'purchase-line-known',
      `The purchase has no line ${lineId}.`,
      `lines.${index}.lineId`,
    );
  }
}

/** Line by line, with what was recorded before. */
function requireWithinBought(
  lines: LineQuantity[],
  before: LineQuantity[],
  purchase: RecordedPurchase,
  rule: string,
  done: string,
): void {
  requireKnownLines(lines, purchase);
  const [bought, earlier] = [quantitiesOf(purchase.content.lines), quantitiesOf(before)];
  for (const [index, { lineId, quantity }] of lines.entries()) {
    const [most, already] = [bought.get(lineId)!, earlier.get(lineId) ?? 0];
    ensure(
      quantity <= most - already,
      'invalid',
      rule,
      `Of line ${lineId}, ${most} were bought and ${already} ${done} before: at most ${most - already} can be.`,
      `lines.${index}.quantity`,
    );
  }
}

function requireLinesKept(done: LineQuantity[], { content }: RecordedPurchase, rule: string, how: string): void {
  const bought = quantitiesOf(content.lines);
  for (const { lineId, quantity } of done) {
    ensure(
      quantity <= (bought.get(lineId) ?? 0),
      'conflict',
      rule,
      `Of line ${lineId}, ${quantity} were ${how}: the corrected purchase must hold as many.`,
      'after.lines',
    );
  }
}
