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

const followUp = fc.record({
  what: fc.constantFrom('return', 'return', 'fulfil', 'cost', 'cancel', 'correct'),
  line: fc.nat(7),
  quantity: fc.integer({ min: 1, max: 60 }),
  refund: amount,
});

function toCommand(
  { what, line, quantity, refund }: { what: string; line: number; quantity: number; refund: number },
  bought: RecordPurchase,
  index: number,
): PurchaseCommand {
  const lineId = String(line % bought.lines.length);
  const id = derivedId('step', String(index));
  switch (what) {
    case 'return':
      return { type: 'ReturnPurchase', returnId: id, lines: [{ lineId, quantity, refund }], refund };
    case 'fulfil':
      return { type: 'FulfilPurchase', fulfilmentId: id, lines: [{ lineId, quantity }] };
    case 'cost':
      return { type: 'CostPurchase', lines: [{ lineId, unitCost: String(refund / 100) }] };
    case 'cancel':
      return { type: 'CancelPurchase' };
    default: {
      const { lines, subtotal, tax } = bought;
      const after = { lines, subtotal, discount: 0, shipping: refund, tax, total: subtotal + refund + tax };
      return { type: 'CorrectPurchase', after, reason: 'x' };
    }
  }
}

describe('Whatever becomes of a purchase', () => {
  const lived = fc.tuple(recordPurchase, fc.array(followUp, { maxLength: 12 })).map(([bought, steps]) => {
    const commands = [bought, ...steps.map((step, index) => toCommand(step, bought, index))];
    return play(
      purchase,
      commands.map((command) => ({ command, context })),
    );
  });

  it('takes back, delivers and refunds no more than was bought', () => {
    holds(
      fc.property(lived, (moves) => {
        const { content, returned, fulfilled, refunded } = moves.at(-1)!.after.purchase!;
        for (const { lineId, quantity } of [...returned, ...fulfilled]) {
          expect(quantity).toBeLessThanOrEqual(content.lines.find((line) => line.lineId === lineId)!.quantity);
        }
        expect(refunded).toBeLessThanOrEqual(content.total);
      }),
    );
  });
  it('tells of what is kept in steps that join, from the total to what is kept in the end', () => {
    holds(
      fc.property(lived, (moves) => {
        const bought = moves[0]!.command as RecordPurchase;
        let [kept, cost] = [bought.total, { cost: 0, revenue: 0 }];
        for (const { decided } of moves.slice(1)) {
          for (const { type, data } of decided) {
            if (type === 'PurchaseCosted') {
              expect(data.before).toEqual(cost);
              cost = data.after!;
            }
            if (type !== 'PurchaseReturned' && type !== 'PurchaseCancelled' && type !== 'PurchaseCorrected') continue;
            expect(data.remainder!.before).toBe(kept);
            kept = data.remainder!.after;
            if (type === 'PurchaseCorrected') return;
            const lost = data.costing!;
            expect(lost.cost).toBeGreaterThanOrEqual(0);
            cost = { cost: cost.cost - lost.cost, revenue: cost.revenue - lost.revenue };
          }
        }
        const { isCancelled, returned, content } = moves.at(-1)!.after.purchase!;
        const back = new Map(returned.map(({ lineId, quantity }) => [lineId, quantity]));
        const isAllBack = content.lines.every(({ lineId, quantity }) => back.get(lineId) === quantity);
        if (isCancelled || isAllBack) expect([kept, cost]).toEqual([0, { cost: 0, revenue: 0 }]);
      }),
    );
  });
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
