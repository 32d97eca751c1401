import type { Costing, LineQuantity, PurchaseLine, PurchaseRemainder } from '#contracts/purchase.events.js';
import { isGiven } from '../deciding.js';
import { divideHalfEven } from '../decimal.js';
import type { RecordedPurchase } from './state.js';
import { lineGross } from './totals.js';

/** How the remainder changes by what happens to the purchase. */
export function remainderOf(before: RecordedPurchase, after: RecordedPurchase): PurchaseRemainder {
  return {
    purchasedEventId: before.eventId,
    purchasedAt: before.occurredAt,
    currency: before.currency,
    before: keptAmount(before),
    after: keptAmount(after),
  };
}

/**
 * Of the purchase's total, what belongs to the lines that the customer keeps: in proportion to their totals, shipping
 * and tax included. Of lines that were free it is all, until everything is back. It is told of what was kept in the
 * end and not return by return, so that nothing is lost by rounding.
 */
export function keptAmount(purchase: RecordedPurchase): number {
  const { subtotal, total } = purchase.content;
  const kept = keptLines(purchase);
  if (kept.length === 0) return 0;
  if (subtotal === 0) return total;
  const keptTotal = kept.reduce((sum, { total }) => sum + BigInt(total), 0n);
  return Number((BigInt(total) * keptTotal) / BigInt(subtotal));
}

/** Of the lines that the customer keeps and whose unit cost is known: what they cost, and Σ of their totals. */
export function keptCosting(purchase: RecordedPurchase): Costing {
  let costing: Costing = { cost: 0, revenue: 0 };
  for (const { unitCost, quantity, total } of keptLines(purchase)) {
    if (!isGiven(unitCost)) continue;
    const cost = Number(lineGross(unitCost, quantity, purchase.currency));
    costing = { cost: costing.cost + cost, revenue: costing.revenue + total };
  }
  return costing;
}

/** How much less is kept. */
export function costingLost(before: RecordedPurchase, after: RecordedPurchase): Costing {
  const [was, is] = [keptCosting(before), keptCosting(after)];
  return { cost: was.cost - is.cost, revenue: was.revenue - is.revenue };
}

/** The lines as far as they have not come back, each with its share of the line's total. */
function keptLines({ content, returned, isCancelled }: RecordedPurchase): PurchaseLine[] {
  if (isCancelled) return [];
  const quantityBack = quantitiesOf(returned);
  return content.lines.flatMap((line) => {
    const back = quantityBack.get(line.lineId) ?? 0;
    if (back === 0) return [line];
    if (back >= line.quantity) return [];
    return [{ ...line, quantity: line.quantity - back, total: line.total - share(line, back) }];
  });
}

/** What belongs to some of a line's pieces. */
function share({ total, quantity }: PurchaseLine, pieces: number): number {
  return Number(divideHalfEven(BigInt(total) * BigInt(pieces), BigInt(quantity)));
}

/** By line. */
export function quantitiesOf(lines: LineQuantity[]): Map<string, number> {
  return new Map(lines.map(({ lineId, quantity }) => [lineId, quantity]));
}
