import fc from 'fast-check';
import { derivedId } from '#contracts/ids.js';
import { holds, play } from '#testing/property.js';
import type { PurchaseCommand, RecordPurchase } from './commands.js';
import { purchase } from './purchase.decider.js';

const customerId = derivedId('customer', 'anna');
const context = { occurredAt: '2026-06-15T10:00:00Z', businessDate: '2026-06-15' };
const amount = fc.nat(100_000);

/** A line whose unit price is whole cents, so that its total is plain integer arithmetic. */
const line = fc
  .record({ cents: amount, quantity: fc.integer({ min: 1, max: 50 }), off: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ cents, quantity, off }) => {
    const discount = Math.floor(cents * quantity * off);
    const unitPrice = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
    return { kind: 'product' as const, quantity, unitPrice, discount, total: cents * quantity - discount };
  });
const recordPurchase: fc.Arbitrary<RecordPurchase> = fc
  .record({ lines: fc.array(line, { minLength: 1, maxLength: 8 }), shipping: amount, tax: amount, discount: amount })
  .map(({ lines, shipping, tax, discount }) => {
    const subtotal = lines.reduce((sum, { total }) => sum + total, 0);
    const off = Math.min(discount, subtotal + shipping + tax);
    return {
      type: 'RecordPurchase',
      customerId,
      currency: 'USD',
      lines: lines.map((each, index) => ({ ...each, lineId: String(index) })),
      subtotal,
      discount: off,
      shipping,
      tax,
      total: subtotal - off + shipping + tax,
    };
  });
const recordReturn: fc.Arbitrary<PurchaseCommand> = fc
  .array(fc.record({ quantity: fc.integer({ min: 1, max: 9 }), refund: amount }), { minLength: 1, maxLength: 5 })
  .map((lines) => {
    const refund = lines.reduce((sum, line) => sum + line.refund, 0);
    return { type: 'RecordUnlinkedReturn', customerId, currency: 'USD', lines, refund };
  });

describe('Any purchase', () => {
  it('is recorded when its totals reconcile', () => {
    holds(
      fc.property(recordPurchase, (command) => {
        const { type, ...data } = command;
        const [move] = play(purchase, [{ command, context }]);
        expect(move).toMatchObject({ decided: [{ type: 'CustomerPurchased', data, occurredAt: context.occurredAt }] });
      }),
    );
  });
  it('is refused when any one number is off by one', () => {
    const part = fc.constantFrom('subtotal', 'discount', 'shipping', 'tax', 'total');
    holds(
      fc.property(recordPurchase, part, fc.constantFrom(1, -1), (command, part, off) => {
        const [move] = play(purchase, [{ command: { ...command, [part]: command[part] + off }, context }]);
        expect(move?.refusal?.rule).toMatch(/^purchase-total(s-reconcile|-not-negative)$/);
      }),
    );
  });
  it('stands alone on its stream, whatever comes after it', () => {
    holds(
      fc.property(fc.array(fc.oneof(recordPurchase, recordReturn), { minLength: 1, maxLength: 5 }), (commands) => {
        const moves = play(
          purchase,
          commands.map((command) => ({ command, context })),
        );
        expect(moves.map(({ decided }) => decided.length)).toEqual(commands.map((_, index) => (index === 0 ? 1 : 0)));
      }),
    );
  });
});
