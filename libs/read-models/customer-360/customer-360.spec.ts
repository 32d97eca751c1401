import { derivedId } from '#contracts/ids.js';
import { given } from '#testing/projection-spec.js';
import { type Happening, SPEC_CUSTOMER } from '#testing/recorded.js';
import { customer360 } from './customer-360.projection.js';

const acquired: Happening = {
  type: 'CustomerAcquired',
  data: { partyKind: 'person', roles: ['endConsumer'], channel: 'web', name: 'Hoa' },
};

function purchased(total: number, occurredAt: string, currency = 'USD'): Happening {
  const lines = [{ lineId: '1', kind: 'product' as const, quantity: 2, total }];
  const data = { customerId: SPEC_CUSTOMER, currency, lines, subtotal: total, discount: 0, shipping: 0, tax: 0, total };
  return { type: 'CustomerPurchased', data, occurredAt, streamId: `purchase-${derivedId('purchase', occurredAt)}` };
}

describe('the 360° view', () => {
  it('shows who was acquired', () => {
    given(customer360, [acquired]).thenRow({
      customerId: SPEC_CUSTOMER,
      name: 'Hoa',
      customerStage: 'active',
      purchases: 0,
    });
  });

  it('tells the first and last purchase by when they happened, not by when they were recorded', () => {
    const [early, late] = ['1997-01-01T00:00:00.000Z', '1998-06-30T00:00:00.000Z'];
    given(customer360, [acquired, purchased(200, late), purchased(0, early)]).thenRow({
      purchases: 2,
      firstPurchaseAt: early,
      lastPurchaseAt: late,
      totals: { USD: { purchases: 2, items: 4, purchased: 200, refunded: 0, value: 200 } },
    });
  });

  it('keeps currencies apart, and takes a return off the value', () => {
    const refund: Happening = {
      type: 'UnlinkedReturnRecorded',
      data: { customerId: SPEC_CUSTOMER, currency: 'EUR', lines: [{ quantity: 1, refund: 30 }], refund: 30 },
    };
    given(customer360, [acquired, purchased(100, '2026-01-01T00:00:00Z'), refund]).thenRow({
      totals: {
        USD: { purchases: 1, items: 2, purchased: 100, refunded: 0, value: 100 },
        EUR: { purchases: 0, items: 0, purchased: 0, refunded: 30, value: -30, unlinkedReturns: 1 },
      },
    });
  });

  it('holds a complaint open until it is resolved', () => {
    const streamId = `complaint-${derivedId('complaint', '1')}`;
    const raised: Happening = {
      type: 'CustomerComplained',
      data: { issue: 'Late', severity: 'high', channel: 'web' },
      streamId,
    };
    const resolved: Happening = { type: 'ComplaintResolved', data: { outcome: 'explanation' }, streamId };
    given(customer360, [acquired, raised, resolved]).thenRow({ complaints: 1, openComplaints: [] });
  });
});
