import type { CommandBus, ICommand } from '@nestjs/cqrs';
import { EarnPoints } from '#commands/handlers/loyalty.handler.js';
import { derivedId } from '#contracts/ids.js';
import { RuleViolation } from '#domain/decider.js';
import { history, SPEC_CUSTOMER } from '#testing/recorded.js';
import { earnPoints } from './earn-points.policy.js';
import { toReaction } from './policy-reaction.js';

const OTHER = derivedId('customer', 'spec', '2');

function purchased(customerId: string, total: number) {
  const line = { lineId: '1', kind: 'product' as const, quantity: 1, total };
  const data = { customerId, currency: 'USD', lines: [line], subtotal: total, discount: 0, shipping: 0, tax: 0, total };
  return { type: 'CustomerPurchased' as const, data, customerId };
}

const events = history([purchased(SPEC_CUSTOMER, 100), purchased(OTHER, 200), purchased(SPEC_CUSTOMER, 300)]);

function busOf(handle: (command: EarnPoints) => bigint | undefined): CommandBus {
  return {
    execute: async (command: ICommand) => ({ position: handle(command as EarnPoints) }),
  } as unknown as CommandBus;
}

describe('the policy that earns points', () => {
  it('makes one command of the purchases of one customer, in order', () => {
    const commands = earnPoints.react(events) as EarnPoints[];
    expect(commands.map(({ customerId, sources }) => [customerId, sources.map(({ amount }) => amount)])).toEqual([
      [SPEC_CUSTOMER, [100, 300]],
      [OTHER, [200]],
    ]);
  });

  it('puts what became of purchases into the same command, so that nothing is claimed before it was earned', () => {
    const remainder = {
      purchasedEventId: events[0]!.eventId,
      purchasedAt: events[0]!.metadata.occurredAt,
      currency: 'USD',
      before: 100,
      after: 40,
    };
    const returnId = derivedId('return', '1');
    const returned = { returnId, lines: [], refund: 60, remainder };
    const content = { lines: [], subtotal: 0, discount: 0, shipping: 0, tax: 0, total: 0 };
    const batch = history([
      purchased(SPEC_CUSTOMER, 100),
      { type: 'PurchaseReturned', data: returned },
      { type: 'PurchaseCancelled', data: { remainder } },
      { type: 'PurchaseCorrected', data: { before: content, after: content, reason: 'x', remainder } },
      { type: 'PurchaseCancelled', data: {} },
    ]);
    const [command, ...more] = earnPoints.react(batch) as EarnPoints[];
    expect([more, command?.sources.length]).toEqual([[], 1]);
    const change = {
      occurredAt: batch[1]!.metadata.occurredAt,
      purchase: { eventId: events[0]!.eventId, occurredAt: remainder.purchasedAt, currency: 'USD' },
      before: 100,
      after: 40,
    };
    expect(command?.changes).toEqual([
      { ...change, eventId: batch[1]!.eventId, returnId },
      { ...change, eventId: batch[2]!.eventId, returnId: batch[2]!.eventId, isCancellation: true },
      { ...change, eventId: batch[3]!.eventId, returnId: batch[3]!.eventId },
    ]);
  });

  it('makes the same commands, with the same ids, of the same events', () => {
    expect(earnPoints.react(events)).toEqual(earnPoints.react(events));
  });

  it('begins at the beginning, because a source earns once', () => {
    expect(earnPoints.startAt).toBe('beginning');
  });
});

describe('the reaction of a policy', () => {
  it('answers the furthest position that its commands appended', async () => {
    const bus = busOf(({ customerId }) => (customerId === OTHER ? 7n : 5n));
    expect(await toReaction(earnPoints, bus, () => {}).react(events)).toBe(7n);
  });

  it('passes over a command that the domain refuses, and tells of it', async () => {
    const refused: string[] = [];
    const bus = busOf(({ customerId }) => {
      if (customerId === OTHER) throw new RuleViolation('conflict', 'spec-rule', 'Refused.');
      return 5n;
    });
    expect(await toReaction(earnPoints, bus, (_, { rule }) => refused.push(rule)).react(events)).toBe(5n);
    expect(refused).toEqual(['spec-rule']);
  });

  it('throws any other error, when no command is on its way any more', async () => {
    let handled = 0;
    const bus = busOf(({ customerId }) => {
      handled += 1;
      if (customerId === SPEC_CUSTOMER) throw new Error('The event store is away.');
      return 7n;
    });
    await expect(toReaction(earnPoints, bus, () => {}).react(events)).rejects.toThrow('away');
    expect(handled).toBe(2);
  });
});
