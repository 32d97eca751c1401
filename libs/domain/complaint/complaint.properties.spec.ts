import fc from 'fast-check';
import { COMPLAINT_OUTCOMES, SEVERITIES } from '#contracts/codes.js';
import { holds, play } from '#testing/property.js';
import type { ComplaintCommand } from './commands.js';
import { complaint } from './complaint.decider.js';

const command: fc.Arbitrary<ComplaintCommand> = fc.oneof(
  fc.record({
    type: fc.constant('RaiseComplaint' as const),
    issue: fc.constantFrom('Late', 'Broken'),
    severity: fc.constantFrom(...SEVERITIES),
    channel: fc.constantFrom('phone', 'other'),
  }),
  fc.record({
    type: fc.constant('ResolveComplaint' as const),
    outcome: fc.constantFrom(...COMPLAINT_OUTCOMES),
    compensation: fc.option(fc.record({ amount: fc.nat(), currency: fc.constant('USD') }, { requiredKeys: [] }), {
      nil: undefined,
    }),
  }),
);

describe('Any interleaving of complaint commands', () => {
  it('raises once, then resolves once, and an amount has its currency', () => {
    const context = { occurredAt: '2026-06-15T10:00:00Z', businessDate: '2026-06-15' };
    holds(
      fc.property(fc.array(command, { maxLength: 12 }), (commands) => {
        const moves = play(
          complaint,
          commands.map((command) => ({ command, context })),
        );
        const events = moves.flatMap(({ decided }) => decided);
        expect(events.map(({ type }) => type).join()).toMatch(/^(CustomerComplained(,ComplaintResolved)?)?$/);
        for (const { data } of events) {
          if (!('outcome' in data)) continue;
          const { amount, currency } = data.compensation ?? {};
          expect(amount === undefined).toBe(currency === undefined);
        }
      }),
    );
  });
});
