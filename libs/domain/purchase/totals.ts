import type { PurchaseContent, PurchaseLine } from '#contracts/purchase.events.js';
import { decimalsOf } from '../currency.js';
import { ensure, isGiven } from '../deciding.js';
import { decimal, roundHalfEven, times } from '../decimal.js';

/**
 * Totals of a purchase reconcile to the minor unit, in this order:
 *
 *     line total = round-half-even(quantity × unit price) − line discount, when a unit price is given
 *     subtotal   = Σ line totals
 *     total      = subtotal − discount + shipping + tax, zero or more
 *
 * `tax` of the purchase is what is added on top of the prices; it is 0 where prices include it. `tax` of a line is
 * information alone: part of no sum, because sources tell there either the tax inside a price or the share on top.
 * A line without a unit price has the total that the source gave.
 *
 * @param path of the object that holds them: `after.`.
 */
export function requireTotalsReconcile(purchase: PurchaseContent & { currency: string }, path = ''): void {
  for (const [index, line] of purchase.lines.entries()) {
    requireLineTotal(line, `${path}lines.${index}.total`, purchase.currency);
  }
  const subtotal = sum(purchase.lines.map((line) => line.total));
  ensure(
    BigInt(purchase.subtotal) === subtotal,
    'invalid',
    'purchase-totals-reconcile',
    `The subtotal is ${purchase.subtotal} and the lines add up to ${subtotal}: make them agree.`,
    `${path}subtotal`,
  );
  const total = subtotal - BigInt(purchase.discount) + BigInt(purchase.shipping) + BigInt(purchase.tax);
  ensure(
    total >= 0n,
    'invalid',
    'purchase-total-not-negative',
    `Subtotal − discount + shipping + tax is ${total}: the discount may not exceed the rest.`,
    `${path}discount`,
  );
  ensure(
    BigInt(purchase.total) === total,
    'invalid',
    'purchase-totals-reconcile',
    `The total is ${purchase.total} and subtotal − discount + shipping + tax is ${total}: make them agree.`,
    `${path}total`,
  );
}

function requireLineTotal(line: PurchaseLine, field: string, currency: string): void {
  if (!isGiven(line.unitPrice)) return;
  const total = lineGross(line.unitPrice, line.quantity, currency) - BigInt(line.discount ?? 0);
  ensure(
    BigInt(line.total) === total,
    'invalid',
    'purchase-line-totals-reconcile',
    `The line's total is ${line.total} and quantity × unit price − discount is ${total} in minor units of ${currency}: make them agree.`,
    field,
  );
}

/** Quantity × unit price in minor units of the currency, rounded half-even. */
export function lineGross(unitPrice: string, quantity: number, currency: string): bigint {
  const minorUnitsInOne = 10n ** BigInt(decimalsOf(currency));
  return roundHalfEven(times(decimal(unitPrice), BigInt(quantity) * minorUnitsInOne));
}

/** As large as an amount can be told. */
const LARGEST_COST = 10_000_000_000_000n;

/** What the lines cost can be told as an amount. */
export function requireCostWithinBounds(
  { lines, currency }: { lines: PurchaseLine[]; currency: string },
  field: string,
): void {
  const costs = lines.map(({ unitCost, quantity }) =>
    isGiven(unitCost) ? lineGross(unitCost, quantity, currency) : 0n,
  );
  const cost = costs.reduce((total, each) => total + each, 0n);
  ensure(
    cost <= LARGEST_COST,
    'invalid',
    'purchase-cost-within-bounds',
    `The lines cost ${cost} in minor units of ${currency}, of at most ${LARGEST_COST}.`,
    field,
  );
}

/** The refund of a return is the sum of its lines' refunds. */
export function requireRefundReconciles(returned: { refund: number; lines: { refund: number }[] }): void {
  const refund = sum(returned.lines.map((line) => line.refund));
  ensure(
    BigInt(returned.refund) === refund,
    'invalid',
    'return-refund-reconciles',
    `The refund is ${returned.refund} and the lines' refunds add up to ${refund}: make them agree.`,
    'refund',
  );
}

/** A line is named once. */
export function requireUniqueLineIds(lines: { lineId: string }[], path = ''): void {
  const seen = new Set<string>();
  for (const [index, { lineId }] of lines.entries()) {
    ensure(
      !seen.has(lineId),
      'invalid',
      'purchase-line-ids-unique',
      `Line id ${lineId} is used twice: give each line its own.`,
      `${path}lines.${index}.lineId`,
    );
    seen.add(lineId);
  }
}

/** As BigInt: two amounts that a JSON number holds exactly can add up to one that it does not. */
function sum(amounts: number[]): bigint {
  return amounts.reduce((total, amount) => total + BigInt(amount), 0n);
}
