import { externalId } from '#contracts/ids.js';
import { importText, ORDERS_HEADER, ordersMapping } from '../import.fixtures.js';

const orders = (...rows: string[]) => [ORDERS_HEADER, ...rows, ''].join('\n');
const purchase = ordersMapping().purchase as Record<string, unknown>;
const line = purchase.line as Record<string, unknown>;
const ungrouped = ordersMapping({ purchase: { ...purchase, grouped: false, externalId: undefined } });

describe('Orders', () => {
  it('makes rows that follow each other one purchase, whose id comes from the order number', async () => {
    const { target, summary } = await importText(
      orders('A1,7,2020-01-01,x,2,20.00', 'A1,7,2020-01-01,y,1,5.50', 'A2,7,2020-01-02,x,1,10'),
    );
    expect(target.ofType('purchase').map(({ id }) => id)).toEqual(
      ['A1', 'A2'].map((id) => externalId('purchase', { system: 'shop', id })),
    );
    expect(target.purchases()[0]).toEqual({
      customerId: externalId('customer', { system: 'shop', id: '7' }),
      externalOrderId: { system: 'shop', id: 'A1' },
      currency: 'USD',
      lines: [
        { lineId: '1', productId: 'x', kind: 'product', quantity: 2, total: 2000 },
        { lineId: '2', productId: 'y', kind: 'product', quantity: 1, total: 550 },
      ],
      subtotal: 2550,
      discount: 0,
      shipping: 0,
      tax: 0,
      total: 2550,
    });
    expect(summary).toMatchObject({ rows: 3, customers: 1, purchases: 2, amount: { USD: 3550 }, appended: 3 });
  });

  it('rejects an order as a whole when one row is bad, with the reason of each row', async () => {
    const { target, rejects, summary } = await importText(
      orders('A1,7,2020-01-01,x,2,20.00', 'A1,7,2020-01-01,y,one,5.50', 'A2,8,2020-01-02,x,1,10'),
    );
    expect(target.purchases().length).toBe(1);
    expect(rejects.rows).toEqual([
      {
        line: 2,
        text: 'A1,7,2020-01-01,x,2,20.00',
        reason: 'the order that it belongs to is rejected because of line 3',
      },
      {
        line: 3,
        text: 'A1,7,2020-01-01,y,one,5.50',
        reason: 'column qty (purchase.line.quantity) must be a number, not "one"',
      },
    ]);
    expect(summary).toMatchObject({ rows: 3, customers: 1, appended: 1, rejected: 2 });
  });

  it('rejects the orders around a row whose order cannot be told, because it may be a line of either', async () => {
    const { target, rejects } = await importText(
      orders(
        'A0,6,2020-01-01,x,1,1',
        'A1,7,2020-01-01,x,1,1',
        'A1,7',
        'A2,8,2020-01-02,x,1,1',
        'A3,9,2020-01-02,x,1,1',
      ),
    );
    expect(rejects.rows.map(({ line }) => line)).toEqual([3, 4, 5]);
    expect(target.purchases().length).toBe(2);
  });

  it('rejects an order of two customers or two discounts', async () => {
    const { rejects } = await importText(orders('A1,7,2020-01-01,x,1,1', 'A1,8,2020-01-01,y,1,1'));
    expect(rejects.rows[1]!.reason).toBe(
      "customer.externalId: is another customer than in the order's first row, line 2",
    );
    expect(rejects.rows.length).toBe(2);
  });

  it('names the row of a line that breaks a rule of the event', async () => {
    const { rejects } = await importText(orders('A1,7,2020-01-01,x,1,1', 'A1,7,2020-01-01,y,0,1'));
    expect(rejects.rows.map(({ reason }) => reason)).toEqual([
      'the order that it belongs to is rejected because of line 3',
      'lines.1.quantity must be a whole number from 1 to 9007199254740991',
    ]);
  });

  it('rejects an order of more lines than a purchase may have, and goes on with the next', async () => {
    const rows = Array.from({ length: 2_500 }, (_, n) => `A1,7,2020-01-01,${n},1,1`);
    const { target, summary } = await importText(orders(...rows, 'A2,7,2020-01-02,x,1,1'));
    expect(summary).toMatchObject({ rejected: 2_500, appended: 1 });
    expect(target.purchases().length).toBe(1);
  });

  it('rejects an order number that comes again later with other lines', async () => {
    const { rejects } = await importText(
      orders('A1,7,2020-01-01,x,1,1', 'A2,7,2020-01-01,x,1,1', 'A1,7,2020-01-01,y,1,1'),
    );
    expect(rejects.rows).toEqual([
      expect.objectContaining({ line: 4, reason: expect.stringContaining('exists already') }),
    ]);
  });

  it('takes the line number for the identity where there is no order number', async () => {
    const { target } = await importText(orders(',7,2020-01-01,x,1,1', ',7,2020-01-01,x,1,1'), ungrouped);
    expect(target.ofType('purchase').map(({ id }) => id)).toEqual(
      ['2', '3'].map((id) => externalId('purchase', { system: 'shop', id })),
    );
    expect(target.purchases()[0]).not.toHaveProperty('externalOrderId');
  });

  it('counts the total of a line from quantity and unit price, rounded half-even', async () => {
    const mapping = ordersMapping({
      purchase: { ...purchase, line: { ...line, total: undefined, unitPrice: { column: 'total' } } },
    });
    const { target } = await importText(orders('A1,7,2020-01-01,x,3,0.115', 'A2,7,2020-01-01,x,1,0.125'), mapping);
    expect(target.purchases().map(({ total }) => total)).toEqual([34, 12]);
    expect(target.purchases()[0]!.lines[0]!.unitPrice).toBe('0.115');
  });

  it('takes amounts in the minor units of the currency', async () => {
    const mapping = ordersMapping({ purchase: { ...purchase, currency: { constant: 'VND' } } });
    const { target, rejects } = await importText(
      orders('A1,7,2020-01-01,x,1,25000', 'A2,7,2020-01-01,x,1,0.5'),
      mapping,
    );
    expect(target.purchases()[0]!.total).toBe(25_000);
    expect(rejects.rows[0]!.reason).toBe('column total (purchase.line.total) may have 0 decimals and no more');
  });

  it('translates words, fills defaults in and leaves out what is empty', async () => {
    const mapping = ordersMapping({
      purchase: {
        ...purchase,
        channel: { column: 'sku', words: { Phone: 'phone' }, emptyWhen: ['N/A'] },
        line: { ...line, productId: { column: 'sku', default: 'none' } },
      },
    });
    const { target, rejects } = await importText(
      orders('A1,7,2020-01-01,Phone,1,1', 'A2,7,2020-01-01,N/A,1,1', 'A3,7,2020-01-01,,1,1', 'A4,7,2020-01-01,Fon,1,1'),
      mapping,
    );
    expect(target.purchases().map(({ channel }) => channel)).toEqual(['phone', undefined, undefined]);
    expect(target.purchases()[2]!.lines[0]!.productId).toBe('none');
    expect(rejects.rows[0]!.reason).toMatch(/^channel must be one of: phone/);
  });
});

describe('Returns', () => {
  it('records a negative quantity as a return under an identity of its own', async () => {
    const { target, summary } = await importText(
      orders('A1,7,2020-01-01,x,2,20.00', 'A1,7,2020-01-01,y,-1,-5.50', 'C2,7,2020-01-02,z,-1,3'),
    );
    expect(target.purchases().map(({ total }) => total)).toEqual([2000]);
    expect(target.ofType('return').map(({ id, data }) => ({ id, data }))).toEqual([
      {
        id: externalId('purchase', { system: 'shop', id: 'A1/return' }),
        data: {
          customerId: externalId('customer', { system: 'shop', id: '7' }),
          externalReturnId: { system: 'shop', id: 'A1/return' },
          currency: 'USD',
          lines: [{ productId: 'y', quantity: 1, refund: 550 }],
          refund: 550,
        },
      },
      expect.objectContaining({ data: expect.objectContaining({ refund: 300 }) }),
    ]);
    expect(summary).toMatchObject({
      purchases: 1,
      amount: { USD: 2000 },
      returns: 2,
      refunded: { USD: 850 },
      appended: 3,
    });
  });

  it('rejects a negative quantity where the mapping takes no returns', async () => {
    const { rejects, summary } = await importText(
      orders('A1,7,2020-01-01,x,-2,20'),
      ordersMapping({ returns: undefined }),
    );
    expect(rejects.rows[0]!.reason).toBe(
      'column qty (purchase.line.quantity) is negative, and the mapping takes no returns',
    );
    expect(summary).not.toHaveProperty('returns');
  });
});
