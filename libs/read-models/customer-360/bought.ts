import type { Costing, CustomerPurchased, PurchaseLine } from '#contracts/purchase.events.js';
import { lineGross } from '#domain/purchase/totals.js';
import { withoutPurchase, withPurchase } from '../purchase-rhythm/kept-purchases.js';
import type { Customer360 } from './customer-360.table.js';
import type { Changes, Occasion } from './row-change.js';
import type { LastPurchase, PurchaseTotals } from './row-parts.js';

type Counted = 'returns' | 'unlinkedReturns' | 'cancellations' | 'corrections';

export const LAST_PURCHASES = 5;
const NO_TOTALS: PurchaseTotals = { purchases: 0, items: 0, purchased: 0, refunded: 0, value: 0 };
const NO_COSTING: Costing = { cost: 0, revenue: 0 };

export const bought: Changes = {
  CustomerPurchased: purchased,
  PurchaseCosted: (row, { currency, before, after }) => {
    if (currency === undefined) return row;
    return withTotals(row, currency, (totals) =>
      costed(costed(totals, after ?? NO_COSTING, 1), before ?? NO_COSTING, -1),
    );
  },
  PurchaseReturned: (row, { currency, refund, costing = NO_COSTING }, { id }) => {
    if (currency === undefined) return row;
    const returned = withTotals(row, currency, (totals) => costed(refunded(totals, refund, 'returns'), costing, -1));
    return withLast(returned, id, (last) => ({ ...last, refunded: (last.refunded ?? 0) + refund }));
  },
  PurchaseCancelled: (before, { currency, refund, costing = NO_COSTING }, { id }) => {
    const row = before.kept === null ? before : { ...before, kept: withoutPurchase(before.kept, id) };
    if (currency === undefined || refund === undefined) return row;
    const cancelled = withTotals(row, currency, (totals) =>
      costed(refunded(totals, refund, 'cancellations'), costing, -1),
    );
    return withLast(cancelled, id, (last) => ({ ...last, refunded: (last.refunded ?? 0) + refund, cancelled: true }));
  },
  PurchaseCorrected: (row, { currency, before, after }, { id }) => {
    if (currency === undefined) return row;
    const more = after.total - before.total;
    const corrected = withTotals(row, currency, (totals) => {
      const counted: PurchaseTotals = {
        ...totals,
        items: totals.items + items(after.lines) - items(before.lines),
        purchased: totals.purchased + more,
        value: totals.value + more,
        corrections: (totals.corrections ?? 0) + 1,
      };
      return costed(costed(counted, costingOf(after.lines, currency), 1), costingOf(before.lines, currency), -1);
    });
    return withLast(corrected, id, (last) => ({ ...last, total: after.total }));
  },
  UnlinkedReturnRecorded: (row, { currency, refund }) => {
    return withTotals(row, currency, (totals) => refunded(totals, refund, 'unlinkedReturns'));
  },
};

function purchased(row: Customer360, data: CustomerPurchased, { at, id }: Occasion): Customer360 {
  const { currency, total, lines } = data;
  const before = row.totals[currency] ?? NO_TOTALS;
  const totals: PurchaseTotals = {
    ...before,
    purchases: before.purchases + 1,
    items: before.items + items(lines),
    purchased: before.purchased + total,
    value: before.value + total,
  };
  return {
    ...row,
    purchases: row.purchases + 1,
    totals: { ...row.totals, [currency]: costed(totals, costingOf(lines, currency), 1) },
    // Facts arrive late and out of order: what happened first or last is told by when it happened.
    firstPurchaseAt: row.firstPurchaseAt === null || at < row.firstPurchaseAt ? at : row.firstPurchaseAt,
    lastPurchaseAt: row.lastPurchaseAt === null || at > row.lastPurchaseAt ? at : row.lastPurchaseAt,
    kept: withPurchase(row.kept, { purchaseId: id, at }),
    lastPurchases: withLatest(row.lastPurchases, { purchaseId: id, occurredAt: at, currency, total }),
  };
}

/** Latest first; of two at the same instant the one recorded later. */
function withLatest(purchases: LastPurchase[], purchase: LastPurchase): LastPurchase[] {
  const place = purchases.findIndex(({ occurredAt }) => occurredAt <= purchase.occurredAt);
  if (place === -1 && purchases.length >= LAST_PURCHASES) return purchases;
  return purchases.toSpliced(place === -1 ? purchases.length : place, 0, purchase).slice(0, LAST_PURCHASES);
}

function withTotals(
  row: Customer360,
  currency: string,
  change: (totals: PurchaseTotals) => PurchaseTotals,
): Customer360 {
  return { ...row, totals: { ...row.totals, [currency]: change(row.totals[currency] ?? NO_TOTALS) } };
}

function withLast(row: Customer360, purchaseId: string, change: (last: LastPurchase) => LastPurchase): Customer360 {
  const lastPurchases = row.lastPurchases.map((last) => (last.purchaseId === purchaseId ? change(last) : last));
  return { ...row, lastPurchases };
}

function refunded(totals: PurchaseTotals, refund: number, counted: Counted): PurchaseTotals {
  return {
    ...totals,
    refunded: totals.refunded + refund,
    value: totals.value - refund,
    [counted]: (totals[counted] ?? 0) + 1,
  };
}

function costed(totals: PurchaseTotals, { cost, revenue }: Costing, sign: 1 | -1): PurchaseTotals {
  if (cost === 0 && revenue === 0) return totals;
  return {
    ...totals,
    cost: (totals.cost ?? 0) + sign * cost,
    costedRevenue: (totals.costedRevenue ?? 0) + sign * revenue,
  };
}

function items(lines: PurchaseLine[]): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}

/** Of the lines whose unit cost is known. */
function costingOf(lines: PurchaseLine[], currency: string): Costing {
  let costing = NO_COSTING;
  for (const { unitCost, quantity, total } of lines) {
    if (unitCost === undefined) continue;
    const cost = Number(lineGross(unitCost, quantity, currency));
    costing = { cost: costing.cost + cost, revenue: costing.revenue + total };
  }
  return costing;
}
