import type { PurchaseEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import type { PurchaseReturned } from '#contracts/purchase.events.js';
import { type Given, given, givenId, SPEC_TIME } from '#testing/decider-spec.js';
import type { FollowUp } from './commands.js';
import { purchase } from './purchase.decider.js';

const customerId = derivedId('customer', 'anna');
const [first, second] = [derivedId('id', '1'), derivedId('id', '2')];
const cds = { lineId: '1', kind: 'product', quantity: 3, total: 3000, unitCost: '4.00' } as const;
const wrapping = { lineId: '2', kind: 'service', quantity: 1, total: 1000 } as const;
const content = { lines: [cds, wrapping], subtotal: 4000, discount: 400, shipping: 300, tax: 100, total: 4000 };
const purchased: Given<PurchaseEvent> = {
  type: 'CustomerPurchased',
  data: { customerId, currency: 'USD', ...content },
};
const bought = [purchased];
const remainder = (before: number, after: number) => ({
  purchasedEventId: givenId(0),
  purchasedAt: SPEC_TIME,
  currency: 'USD',
  before,
  after,
});
const oneBack = { returnId: first, lines: [{ lineId: '1', quantity: 1, refund: 900 }], refund: 900 };
const returned = (data: Pick<PurchaseReturned, 'returnId' | 'lines' | 'refund'> = oneBack): Given<PurchaseEvent> => ({
  type: 'PurchaseReturned',
  data,
});
const cancelled: Given<PurchaseEvent> = { type: 'PurchaseCancelled', data: {} };
const afterIt = { occurredAt: '2026-06-15T12:00:00Z', businessDate: '2026-06-15' };
const tomorrow = { occurredAt: '2026-06-16T00:00:00Z', businessDate: '2026-06-15' };

const cost: FollowUp = { type: 'CostPurchase', lines: [{ lineId: '2', unitCost: '1.505' }] };
const fulfil: FollowUp = { type: 'FulfilPurchase', fulfilmentId: first, lines: [{ lineId: '1', quantity: 2 }] };
const pay: FollowUp = { type: 'ReceivePayment', paymentId: first, amount: 4000 };
const takeBack: FollowUp = { type: 'ReturnPurchase', ...oneBack };
const cancel: FollowUp = { type: 'CancelPurchase' };
const correct: FollowUp = {
  type: 'CorrectPurchase',
  after: { ...content, shipping: 0, total: 3700 },
  reason: 'Shipping was free',
};

describe('Every command to a purchase', () => {
  it.each([cost, fulfil, pay, takeBack, cancel, correct])('is refused where there is none: $type', (command) => {
    given(purchase).when(command, afterIt).thenRefused('purchase-recorded', { kind: 'not-found' });
    const unlinked = { customerId, currency: 'USD', lines: [{ quantity: 1, refund: 5 }], refund: 5 };
    given(purchase, [{ type: 'UnlinkedReturnRecorded', data: unlinked }])
      .when(command, afterIt)
      .thenRefused('purchase-recorded', { kind: 'not-found' });
  });
  it.each([cost, fulfil, pay, takeBack, cancel, correct])('is refused after the business date: $type', (command) => {
    given(purchase, bought)
      .when(command, tomorrow)
      .thenRefused('not-after-business-date', { kind: 'invalid', field: 'occurredAt' });
  });
  it.each([cost, fulfil, pay, takeBack, cancel, correct])('is refused before it was bought: $type', (command) => {
    given(purchase, bought)
      .when(command, { occurredAt: '2026-06-15T09:59:59.999Z', businessDate: '2026-06-15' })
      .thenRefused('purchase-dates-in-order', { kind: 'invalid', field: 'occurredAt' });
    expect(purchase.decide(command, stateOf(bought), { ...afterIt, occurredAt: SPEC_TIME })).toHaveLength(1);
  });
  it.each([fulfil, takeBack, cancel, correct])('is refused once it was cancelled: $type', (command) => {
    given(purchase, [purchased, cancelled])
      .when(command, afterIt)
      .thenRefused('purchase-not-cancelled', { kind: 'conflict' });
  });
  it.each([
    { ...cost, lines: [{ lineId: '3', unitCost: '1' }] },
    { ...fulfil, lines: [{ lineId: '3', quantity: 1 }] },
    { ...takeBack, lines: [{ lineId: '3', quantity: 1, refund: 900 }] },
  ] as FollowUp[])('is refused about a line that the purchase does not have: $type', (command) => {
    given(purchase, bought)
      .when(command, afterIt)
      .thenRefused('purchase-line-known', { kind: 'invalid', field: 'lines.0.lineId' });
  });
  it.each([
    { ...cost, lines: [cost.lines[0], cost.lines[0]] },
    { ...fulfil, lines: [fulfil.lines[0], fulfil.lines[0]] },
    { ...takeBack, lines: [oneBack.lines[0], oneBack.lines[0]], refund: 1800 },
  ] as FollowUp[])('is refused when it names a line twice: $type', (command) => {
    given(purchase, bought)
      .when(command, afterIt)
      .thenRefused('purchase-line-ids-unique', { kind: 'invalid', field: 'lines.1.lineId' });
  });
});

describe('CostPurchase', () => {
  it('records what lines cost, and what is known of costs before and after', () => {
    const costing = { before: { cost: 1200, revenue: 3000 }, after: { cost: 1350, revenue: 4000 } };
    given(purchase, bought)
      .when(cost, afterIt)
      .then([{ type: 'PurchaseCosted', data: { lines: cost.lines, currency: 'USD', ...costing }, ...at }]);
  });
  it('replaces an earlier cost of a line, and does not count what came back', () => {
    const lines = [{ lineId: '1', unitCost: '5.00' }];
    const costing = { before: { cost: 800, revenue: 2000 }, after: { cost: 1000, revenue: 2000 } };
    given(purchase, [purchased, returned()])
      .when({ type: 'CostPurchase', lines }, afterIt)
      .then([{ type: 'PurchaseCosted', data: { lines, currency: 'USD', ...costing }, ...at }]);
  });
});

describe('a cost that is no amount any more', () => {
  const dear = [{ ...cds, unitCost: '100000000000' }];
  const after = { ...content, lines: [dear[0]!, wrapping] };

  it('is refused when it is recorded, told later, or corrected to', () => {
    given(purchase)
      .when({ type: 'RecordPurchase', customerId, currency: 'USD', ...after })
      .thenRefused('purchase-cost-within-bounds', { kind: 'invalid', field: 'lines' });
    given(purchase, bought)
      .when({ type: 'CostPurchase', lines: [{ lineId: '1', unitCost: '100000000000' }] }, afterIt)
      .thenRefused('purchase-cost-within-bounds', { kind: 'invalid', field: 'lines' });
    given(purchase, bought)
      .when({ type: 'CorrectPurchase', after, reason: 'x' }, afterIt)
      .thenRefused('purchase-cost-within-bounds', { kind: 'invalid', field: 'after.lines' });
  });
});

describe('FulfilPurchase', () => {
  const data = { fulfilmentId: first, lines: [{ lineId: '1', quantity: 2 }] };
  it('records what was delivered, at the time that is said or when it happened', () => {
    given(purchase, bought)
      .when(fulfil, afterIt)
      .then([{ type: 'PurchaseFulfilled', data: { ...data, deliveredAt: afterIt.occurredAt }, ...at }]);
    const deliveredAt = '2026-06-15T11:00:00Z';
    given(purchase, bought)
      .when({ ...fulfil, deliveredAt }, afterIt)
      .then([{ type: 'PurchaseFulfilled', data: { ...data, deliveredAt }, ...at }]);
  });
  it('takes the rest of a line in another delivery', () => {
    const rest = { fulfilmentId: second, lines: [{ lineId: '1', quantity: 1 }], deliveredAt: afterIt.occurredAt };
    given(purchase, [purchased, { type: 'PurchaseFulfilled', data: { ...data, deliveredAt: SPEC_TIME } }])
      .when({ type: 'FulfilPurchase', ...rest }, afterIt)
      .then([{ type: 'PurchaseFulfilled', data: rest, ...at }]);
  });
  it('is refused beyond what was bought of a line', () => {
    const lines = [{ lineId: '1', quantity: 2 }];
    given(purchase, [purchased, { type: 'PurchaseFulfilled', data: { ...data, deliveredAt: SPEC_TIME } }])
      .when({ type: 'FulfilPurchase', fulfilmentId: second, lines }, afterIt)
      .thenRefused('fulfilled-within-bought', { kind: 'invalid', field: 'lines.0.quantity' });
  });
  it('is refused a second time under one id', () => {
    given(purchase, [purchased, { type: 'PurchaseFulfilled', data: { ...data, deliveredAt: SPEC_TIME } }])
      .when({ type: 'FulfilPurchase', fulfilmentId: first, lines: [{ lineId: '2', quantity: 1 }] }, afterIt)
      .thenRefused('fulfilment-once', { kind: 'conflict', field: 'fulfilmentId' });
  });
  it('is refused when it would have been delivered before it was bought', () => {
    given(purchase, bought)
      .when({ ...fulfil, deliveredAt: '2020-06-15T10:00:00Z' }, afterIt)
      .thenRefused('purchase-dates-in-order', { kind: 'invalid', field: 'deliveredAt' });
  });
  it('is refused when it is delivered after the business date', () => {
    given(purchase, bought)
      .when({ ...fulfil, deliveredAt: '2026-06-16T00:00:00Z' }, afterIt)
      .thenRefused('not-after-business-date', { kind: 'invalid', field: 'deliveredAt' });
  });
});

describe('ReceivePayment', () => {
  const data = { paymentId: first, amount: 4000 };
  it('records what came in, also after a cancellation', () => {
    given(purchase, bought)
      .when(pay, afterIt)
      .then([{ type: 'PaymentReceived', data, ...at }]);
    given(purchase, [purchased, cancelled])
      .when(pay, afterIt)
      .then([{ type: 'PaymentReceived', data, ...at }]);
  });
  it('is refused a second time under one id', () => {
    given(purchase, [purchased, { type: 'PaymentReceived', data }])
      .when({ ...pay, amount: 1 } as FollowUp, afterIt)
      .thenRefused('payment-once', { kind: 'conflict', field: 'paymentId' });
  });
});

describe('ReturnPurchase', () => {
  it('records what came back, what it cost, and what the customer keeps of the total', () => {
    const costing = { cost: 400, revenue: 1000 };
    given(purchase, bought)
      .when(takeBack, afterIt)
      .then([
        {
          type: 'PurchaseReturned',
          data: { ...oneBack, currency: 'USD', costing, remainder: remainder(4000, 3000) },
          ...at,
        },
      ]);
  });
  it('leaves nothing when the last of it comes back, whatever was refunded', () => {
    const rest = { lines: [line('1', 2), line('2', 1)], refund: 0 };
    const [event] = purchase.decide(
      { type: 'ReturnPurchase', returnId: second, ...rest },
      stateOf([purchased, returned()]),
      afterIt,
    );
    expect(event?.data).toMatchObject({ remainder: remainder(3000, 0), costing: { cost: 800, revenue: 2000 } });
  });
  it('of free lines leaves the shipping until everything is back', () => {
    const free = { ...content, lines: [{ ...cds, total: 0 }], subtotal: 0, discount: 0, shipping: 500, total: 600 };
    const gift: Given<PurchaseEvent> = { type: 'CustomerPurchased', data: { customerId, currency: 'USD', ...free } };
    const some = { returnId: first, lines: [line('1', 2)], refund: 0 };
    const [event] = purchase.decide({ type: 'ReturnPurchase', ...some }, stateOf([gift]), afterIt);
    expect(event?.data).toMatchObject({ remainder: remainder(600, 600) });
    const last = { returnId: second, lines: [line('1', 1)], refund: 0 };
    const [end] = purchase.decide({ type: 'ReturnPurchase', ...last }, stateOf([gift, returned(some)]), afterIt);
    expect(end?.data).toMatchObject({ remainder: remainder(600, 0) });
  });
  it('is refused beyond what was bought of a line', () => {
    given(purchase, [purchased, returned()])
      .when({ ...takeBack, returnId: second, lines: [{ lineId: '1', quantity: 3, refund: 900 }] } as FollowUp, afterIt)
      .thenRefused('returned-within-bought', { kind: 'invalid', field: 'lines.0.quantity' });
  });
  it('is refused a second time under one id', () => {
    given(purchase, [purchased, returned()])
      .when(takeBack, afterIt)
      .thenRefused('return-once', { kind: 'conflict', field: 'returnId' });
  });
  it('is refused when the refund is not the sum of its lines', () => {
    given(purchase, bought)
      .when({ ...takeBack, refund: 899 } as FollowUp, afterIt)
      .thenRefused('return-refund-reconciles', { kind: 'invalid', field: 'refund' });
  });
  it('is refused when more would be given back than the purchase cost', () => {
    const dear = { returnId: second, lines: [{ lineId: '2', quantity: 1, refund: 3101 }], refund: 3101 };
    given(purchase, [purchased, returned()])
      .when({ type: 'ReturnPurchase', ...dear }, afterIt)
      .thenRefused('refund-within-paid', { kind: 'invalid', field: 'refund' });
  });
});

describe('CancelPurchase', () => {
  it('calls all of it off: everything goes back', () => {
    const costing = { cost: 1200, revenue: 3000 };
    const data = { currency: 'USD', refund: 4000, costing, remainder: remainder(4000, 0) };
    given(purchase, bought)
      .when(cancel, afterIt)
      .then([{ type: 'PurchaseCancelled', data, ...at }]);
    given(purchase, bought)
      .when({ ...cancel, reason: 'Too late' } as FollowUp, afterIt)
      .then([{ type: 'PurchaseCancelled', data: { reason: 'Too late', ...data }, ...at }]);
  });
  it('is refused when something has come back: the rest is returned instead', () => {
    given(purchase, [purchased, returned()])
      .when(cancel, afterIt)
      .thenRefused('cancelled-before-returns', { kind: 'conflict' });
  });
});

describe('CorrectPurchase', () => {
  it('replaces what is recorded, which it names itself, and keeps what lines cost', () => {
    const lines = [{ ...wrapping, total: 500 }, { lineId: '1', kind: 'product', quantity: 3, total: 3000 } as const];
    const after = { ...content, lines, subtotal: 3500, total: 3500 };
    const known = { ...after, lines: [{ ...wrapping, total: 500, unitCost: '1.505' }, cds] };
    const before = { ...content, lines: [cds, { ...wrapping, unitCost: '1.505' }] };
    given(purchase, [purchased, { type: 'PurchaseCosted', data: { lines: [{ lineId: '2', unitCost: '1.505' }] } }])
      .when({ type: 'CorrectPurchase', after, reason: 'Keyed in wrongly' }, afterIt)
      .then([
        {
          type: 'PurchaseCorrected',
          data: {
            before,
            after: known,
            reason: 'Keyed in wrongly',
            currency: 'USD',
            remainder: remainder(4000, 3500),
          },
          ...at,
        },
      ]);
  });
  it('does nothing where it is what stands, whatever is known of costs', () => {
    const { unitCost: _, ...uncosted } = cds;
    for (const lines of [content.lines, [uncosted, { ...wrapping, productId: null as never }]]) {
      given(purchase, bought)
        .when({ ...correct, after: { ...content, lines } }, afterIt)
        .thenNothing();
    }
    const [first, second] = content.lines as [typeof cds, typeof wrapping];
    for (const lines of [
      [{ ...first, name: 'CD' }, second],
      [second, first],
      [{ ...first, unitCost: '5.00' }, second],
    ]) {
      expect(purchase.decide({ ...correct, after: { ...content, lines } }, stateOf(bought), afterIt)).toHaveLength(1);
    }
  });
  it('goes on from the correction before', () => {
    const once = { before: content, after: { ...content, shipping: 0, total: 3700 }, reason: 'Free' };
    const [event] = purchase.decide(
      { type: 'CorrectPurchase', after: content, reason: 'Not free after all' },
      stateOf([purchased, { type: 'PurchaseCorrected', data: once }]),
      afterIt,
    );
    expect(event?.data).toMatchObject({ before: once.after, after: content, remainder: remainder(3700, 4000) });
  });
  it.each([
    ['its subtotal', { subtotal: 1 }, 'purchase-totals-reconcile', 'after.subtotal'],
    ['its total', { total: 1 }, 'purchase-totals-reconcile', 'after.total'],
    ['its discount', { discount: 9000, total: 0 }, 'purchase-total-not-negative', 'after.discount'],
    ['a line', { lines: [{ ...cds, unitPrice: '1' }] }, 'purchase-line-totals-reconcile', 'after.lines.0.total'],
    ['its lines, named twice', { lines: [cds, cds] }, 'purchase-line-ids-unique', 'after.lines.1.lineId'],
  ])('is refused when %s does not reconcile', (_, change, rule, field) => {
    given(purchase, bought)
      .when({ type: 'CorrectPurchase', after: { ...content, ...change }, reason: 'x' }, afterIt)
      .thenRefused(rule, { kind: 'invalid', field });
  });
  it('is refused when it holds less than came back, or was delivered', () => {
    const after = { ...content, lines: [wrapping], subtotal: 1000, total: 1000 };
    const command: FollowUp = { type: 'CorrectPurchase', after, reason: 'x' };
    given(purchase, [purchased, returned()])
      .when(command, afterIt)
      .thenRefused('returned-within-bought', { kind: 'conflict', field: 'after.lines' });
    const delivered = { fulfilmentId: first, lines: [{ lineId: '1', quantity: 1 }], deliveredAt: SPEC_TIME };
    given(purchase, [purchased, { type: 'PurchaseFulfilled', data: delivered }])
      .when(command, afterIt)
      .thenRefused('fulfilled-within-bought', { kind: 'conflict', field: 'after.lines' });
  });
  it('is refused when its total is less than was given back', () => {
    const after = { ...content, discount: 3600, total: 800 };
    given(purchase, [purchased, returned()])
      .when({ type: 'CorrectPurchase', after, reason: 'x' }, afterIt)
      .thenRefused('refund-within-paid', { kind: 'conflict', field: 'after.total' });
  });
});

const at = { occurredAt: afterIt.occurredAt };

function line(lineId: string, quantity: number) {
  return { lineId, quantity, refund: 0 };
}

function stateOf(events: Given<PurchaseEvent>[]) {
  return events.reduce(
    (state, event, index) => purchase.evolve(state, { ...event, eventId: givenId(index), occurredAt: SPEC_TIME }),
    purchase.initial,
  );
}
