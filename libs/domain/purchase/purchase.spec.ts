import type { PurchaseEvent } from '#contracts/events.js';
import { externalId } from '#contracts/ids.js';
import { type Given, given } from '#testing/decider-spec.js';
import type { RecordPurchase, RecordUnlinkedReturn } from './commands.js';
import { purchase } from './purchase.decider.js';

const customerId = externalId('customer', { system: 'shop', id: '1' });
const line = {
  lineId: '1',
  kind: 'product',
  quantity: 3,
  unitPrice: '1.99',
  discount: 7,
  tax: 90,
  total: 590,
} as const;
const service = { lineId: '2', kind: 'service', quantity: 1, total: 1000 } as const;
const bought = {
  customerId,
  currency: 'USD',
  lines: [line, service],
  subtotal: 1590,
  discount: 90,
  shipping: 200,
  tax: 300,
  total: 2000,
};
const purchased: Given<PurchaseEvent> = { type: 'CustomerPurchased', data: bought };
const command: RecordPurchase = { type: 'RecordPurchase', ...bought };
const returned = {
  customerId,
  currency: 'USD',
  lines: [
    { quantity: 1, refund: 300 },
    { quantity: 2, refund: 45 },
  ],
  refund: 345,
};
const recorded: Given<PurchaseEvent> = { type: 'UnlinkedReturnRecorded', data: returned };
const returnCommand: RecordUnlinkedReturn = { type: 'RecordUnlinkedReturn', ...returned };

/** A purchase of one line that costs what it totals. */
const ofOneLine = (currency: string, unitPrice: string, quantity: number, total: number): RecordPurchase => ({
  type: 'RecordPurchase',
  customerId,
  currency,
  lines: [{ lineId: '1', kind: 'product', quantity, unitPrice, total }],
  subtotal: total,
  discount: 0,
  shipping: 0,
  tax: 0,
  total,
});

describe('RecordPurchase', () => {
  it('records a purchase whose totals reconcile', () => {
    given(purchase).when(command).then([purchased]);
  });
  it('records a purchase on the business date itself, and of long ago', () => {
    given(purchase).when(command, { occurredAt: '2026-06-15T23:59:59Z', businessDate: '2026-06-15' }).then([purchased]);
    given(purchase).when(command, { occurredAt: '1997-01-01T00:00:00Z', businessDate: '2026-06-15' }).then([purchased]);
  });
  it.each([
    ['two decimals, a half to the even cent below', 'USD', '0.125', 1, 12],
    ['two decimals, a half to the even cent above', 'USD', '0.135', 1, 14],
    ['rounds the line, not the unit', 'USD', '0.333333', 3, 100],
    ['no decimals', 'JPY', '120', 2, 240],
    ['no decimals, as little as half a dong', 'VND', '0.5', 1, 0],
    ['three decimals', 'KWD', '1.2345', 1, 1234],
    ['where doubles lose a cent', 'USD', '1.005', 1, 100],
    ['up to the largest amount', 'USD', '100000000000.00', 1, 10_000_000_000_000],
  ])('reckons a line total with %s', (_, currency, unitPrice, quantity, total) => {
    const { type, ...data } = ofOneLine(currency, unitPrice, quantity, total);
    given(purchase)
      .when({ type, ...data })
      .then([{ type: 'CustomerPurchased', data }]);
  });
  it('takes a null unit price for one left out', () => {
    const lines = [{ ...service, unitPrice: null as unknown as undefined }];
    const data = { ...bought, lines, subtotal: 1000, total: 1410 };
    given(purchase)
      .when({ ...command, ...data })
      .then([{ type: 'CustomerPurchased', data }]);
  });
  it('records a purchase of nothing', () => {
    const { type, ...data } = ofOneLine('USD', '0', 1, 0);
    given(purchase)
      .when({ type, ...data })
      .then([{ type: 'CustomerPurchased', data }]);
  });

  it('is refused when a line id is used twice', () => {
    given(purchase)
      .when({ ...command, lines: [line, { ...service, lineId: '1' }] })
      .thenRefused('purchase-line-ids-unique', { kind: 'invalid', field: 'lines.1.lineId' });
  });
  it('is refused when a line does not add up', () => {
    given(purchase)
      .when({ ...command, lines: [service, { ...line, total: 597 }] })
      .thenRefused('purchase-line-totals-reconcile', { kind: 'invalid', field: 'lines.1.total' });
  });
  it('is refused when the discount of a line exceeds its price', () => {
    const lines = [{ ...line, discount: 600, total: 0 }];
    given(purchase)
      .when({ ...command, lines })
      .thenRefused('purchase-line-totals-reconcile');
  });
  it('is refused when the subtotal is not the sum of the lines', () => {
    given(purchase)
      .when({ ...command, subtotal: 1591 })
      .thenRefused('purchase-totals-reconcile', { kind: 'invalid', field: 'subtotal' });
  });
  it('is refused when the total does not follow from its parts', () => {
    given(purchase)
      .when({ ...command, total: 2001 })
      .thenRefused('purchase-totals-reconcile', { kind: 'invalid', field: 'total' });
  });
  it('is refused when the discount exceeds the rest', () => {
    given(purchase)
      .when({ ...command, discount: 3000, total: 0 })
      .thenRefused('purchase-total-not-negative', { kind: 'invalid', field: 'discount' });
  });
  it('is refused after the business date', () => {
    given(purchase)
      .when(command, { occurredAt: '2026-06-16T00:00:00Z', businessDate: '2026-06-15' })
      .thenRefused('not-after-business-date', { kind: 'invalid', field: 'occurredAt' });
  });
  it('is refused on a stream that holds a purchase or a return', () => {
    given(purchase, [purchased]).when(command).thenRefused('purchase-exists', { kind: 'conflict' });
    given(purchase, [recorded]).when(command).thenRefused('return-exists', { kind: 'conflict' });
  });
});

describe('RecordUnlinkedReturn', () => {
  it('records a return whose refund is the sum of its lines', () => {
    given(purchase).when(returnCommand).then([recorded]);
  });
  it('is refused when the refund is not the sum of its lines', () => {
    given(purchase)
      .when({ ...returnCommand, refund: 344 })
      .thenRefused('return-refund-reconciles', { kind: 'invalid', field: 'refund' });
  });
  it('is refused after the business date', () => {
    given(purchase)
      .when(returnCommand, { businessDate: '2026-06-14' })
      .thenRefused('not-after-business-date', { kind: 'invalid', field: 'occurredAt' });
  });
  it('is refused on a stream that holds a purchase or a return', () => {
    given(purchase, [purchased]).when(returnCommand).thenRefused('purchase-exists', { kind: 'conflict' });
    given(purchase, [recorded]).when(returnCommand).thenRefused('return-exists', { kind: 'conflict' });
  });
});
