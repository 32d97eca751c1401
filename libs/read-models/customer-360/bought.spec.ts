import { derivedId } from '#contracts/ids.js';
import type { PurchaseLine } from '#contracts/purchase.events.js';
import { given } from '#testing/projection-spec.js';
import { type Happening, history, SPEC_CUSTOMER } from '#testing/recorded.js';
import { customer360 } from './customer-360.projection.js';
import type { Customer360 } from './customer-360.table.js';
import { viewOf } from './view.js';

const purchaseId = derivedId('purchase', 'spec');
const streamId = `purchase-${purchaseId}`;

const line = (total: number, more: Partial<PurchaseLine> = {}): PurchaseLine => {
  return { lineId: '1', kind: 'product', quantity: 2, total, ...more };
};

function content(lines: PurchaseLine[]) {
  const total = lines.reduce((sum, each) => sum + each.total, 0);
  return { lines, subtotal: total, discount: 0, shipping: 0, tax: 0, total };
}

function bought(lines: PurchaseLine[], occurredAt = '2026-01-01T00:00:00Z', stream = streamId): Happening {
  return {
    type: 'CustomerPurchased',
    data: { customerId: SPEC_CUSTOMER, currency: 'USD', ...content(lines) },
    occurredAt,
    streamId: stream,
  };
}

function viewAfter(happenings: Happening[]) {
  const row = history(happenings).reduce<Customer360 | undefined>(
    (row, event) => customer360.evolve(row, event),
    undefined,
  );
  return viewOf(row!, '2026-06-15');
}

describe('what a customer bought', () => {
  it('has the margin of those lines whose cost is known', () => {
    const view = viewAfter([bought([line(1_000, { unitCost: '3.005' }), line(500, { lineId: '2' })])]);
    expect(view.totals.USD).toMatchObject({ purchased: 1_500, cost: 601, costedRevenue: 1_000, margin: 399 });
    expect(viewAfter([bought([line(500)])]).totals.USD).not.toHaveProperty('margin');
  });

  it('takes what a cost that is known later replaces', () => {
    const costed: Happening = {
      type: 'PurchaseCosted',
      data: {
        lines: [{ lineId: '1', unitCost: '2' }],
        currency: 'USD',
        before: { cost: 600, revenue: 1_000 },
        after: { cost: 400, revenue: 1_000 },
      },
      streamId,
    };
    const view = viewAfter([bought([line(1_000, { unitCost: '3' })]), costed]);
    expect(view.totals.USD).toMatchObject({ cost: 400, costedRevenue: 1_000, margin: 600 });
  });

  it('gives back what was returned, with its cost, and tells it of the purchase', () => {
    const returned: Happening = {
      type: 'PurchaseReturned',
      data: {
        returnId: derivedId('return', '1'),
        lines: [{ lineId: '1', quantity: 1, refund: 500 }],
        refund: 500,
        currency: 'USD',
        costing: { cost: 300, revenue: 500 },
      },
      streamId,
    };
    const view = viewAfter([bought([line(1_000, { unitCost: '3' })]), returned]);
    expect(view.totals.USD).toMatchObject({
      purchases: 1,
      refunded: 500,
      value: 500,
      returns: 1,
      cost: 300,
      margin: 200,
    });
    expect(view.lastPurchases).toMatchObject([{ purchaseId, total: 1_000, refunded: 500 }]);
  });

  it('is worth nothing when it was called off', () => {
    const cancelled: Happening = { type: 'PurchaseCancelled', data: { currency: 'USD', refund: 1_000 }, streamId };
    const view = viewAfter([bought([line(1_000)]), cancelled]);
    expect(view.totals.USD).toMatchObject({ purchased: 1_000, refunded: 1_000, value: 0, cancellations: 1 });
    expect(view.lastPurchases).toMatchObject([{ purchaseId, refunded: 1_000, cancelled: true }]);
  });

  it('is as it was corrected', () => {
    const corrected: Happening = {
      type: 'PurchaseCorrected',
      data: {
        before: content([line(1_000)]),
        after: content([line(1_200, { quantity: 3, unitCost: '1' })]),
        reason: 'miscounted',
        currency: 'USD',
      },
      streamId,
    };
    const view = viewAfter([bought([line(1_000)]), corrected]);
    expect(view.totals.USD).toMatchObject({ items: 3, purchased: 1_200, value: 1_200, corrections: 1, margin: 900 });
    expect(view.lastPurchases).toMatchObject([{ purchaseId, total: 1_200 }]);
  });

  it('is told with its rhythm and the five latest, latest first', () => {
    const days = [1, 4, 2, 7, 3, 6, 5];
    const purchases = days.map((day) => bought([line(day)], `2026-01-0${day}T00:00:00Z`, `purchase-${day}`));
    const view = viewAfter(purchases);
    expect(view.rhythmDays).toBe(1);
    expect(view.lastPurchases.map(({ total }) => total)).toEqual([7, 6, 5, 4, 3]);
    expect(viewAfter([bought([line(1)])]).rhythmDays).toBeNull();
  });

  it('has no part in the rhythm when it was called off, though it counts as a purchase', () => {
    const days = [1, 3, 5, 20];
    const purchases = days.map((day) =>
      bought([line(day)], `2026-01-${String(day).padStart(2, '0')}T00:00:00Z`, `purchase-${day}`),
    );
    const off = (day: number): Happening => ({ type: 'PurchaseCancelled', data: {}, streamId: `purchase-${day}` });
    expect(viewAfter([...purchases, off(20)])).toMatchObject({ rhythmDays: 2, purchases: 4 });
    expect(viewAfter([...purchases, off(1), off(20)]).rhythmDays).toBe(2);
    expect(viewAfter([...purchases, ...[1, 5, 20].map(off)]).rhythmDays).toBeNull();
    expect(viewAfter([...purchases, ...days.map(off)])).toMatchObject({ rhythmDays: null, purchases: 4 });
  });

  it('keeps a purchase of which the currency was not told as it is', () => {
    const returned: Happening = {
      type: 'PurchaseReturned',
      data: { returnId: derivedId('return', '1'), lines: [], refund: 500 },
      streamId,
    };
    given(customer360, [bought([line(1_000)]), returned]).thenRow({ position: 1 });
  });
});
