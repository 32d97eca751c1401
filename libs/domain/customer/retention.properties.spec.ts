import fc from 'fast-check';
import { derivedId } from '#contracts/ids.js';
import { holds, play } from '#testing/property.js';
import { defaultRetentionRulesPublished } from '../retention/rules.js';
import type { RiskSign } from '../retention/signs.js';
import type { CustomerCommand } from './commands.js';
import { customer } from './customer.decider.js';

const context = { occurredAt: '2026-06-15T10:00:00Z', businessDate: '2026-06-15' };
const rules = [defaultRetentionRulesPublished];
const id = fc.constantFrom('1', '2').map((name) => derivedId('spec', name));
const occurredAt = fc.constantFrom('2026-06-01T00:00:00Z', '2026-06-02T00:00:00Z', '2025-06-15T12:00:00Z');
const acquire: CustomerCommand = {
  type: 'AcquireCustomer',
  partyKind: 'person',
  roles: ['endConsumer'],
  channel: 'web',
};

const unplaced = fc.oneof(
  fc.record({ sign: fc.constantFrom('unsettled' as const, 'settled' as const), complaintId: id, occurredAt }),
  fc.record({
    sign: fc.constant('rated' as const),
    about: fc.constantFrom('nps', 'csat'),
    surveyId: id,
    share: fc.constantFrom(0, 1),
    occurredAt,
  }),
  fc.record({ sign: fc.constant('promiseBroken' as const), promiseId: id, occurredAt }),
  fc.record({ sign: fc.constant('bought' as const), occurredAt }),
);
/** Signs in the order in which they were recorded. */
const signs: fc.Arbitrary<RiskSign[]> = fc.array(unplaced, { maxLength: 20 }).map((all) =>
  all.map((sign, index) => ({
    ...sign,
    eventId: derivedId('event', String(index)),
    position: String(index + 1),
  })),
);
const assess = (part: RiskSign[]): CustomerCommand => ({ type: 'AssessRiskByRules', signs: part, rules });
/** The signs in commands of so many each. */
function inCommands(all: RiskSign[], size: number): CustomerCommand[] {
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, part) => assess(all.slice(part * size, (part + 1) * size)));
}
const decidedBy = (commands: CustomerCommand[]) =>
  play(
    customer,
    [acquire, ...commands].map((command) => ({ command, context })),
  );

describe('What the rules assess', () => {
  const size = fc.integer({ min: 1, max: 5 });

  it('is the same in whatever parts the signs come', () => {
    holds(
      fc.property(signs, size, size, (all, one, other) => {
        const events = (by: number) => decidedBy(inCommands(all, by)).flatMap(({ decided }) => decided);
        expect(events(one)).toEqual(events(other));
      }),
    );
  });

  it('is assessed once: signs that are sent again from anywhere on, in other parts, bring about nothing', () => {
    holds(
      fc.property(signs, size, size, fc.nat(20), (all, one, other, from) => {
        const first = inCommands(all, one);
        const moves = decidedBy([...first, ...inCommands(all.slice(from), other)]);
        expect(moves.slice(1 + first.length).flatMap(({ decided }) => decided)).toEqual([]);
      }),
    );
  });

  it('never follows an assessment that says the same', () => {
    holds(
      fc.property(signs, (all) => {
        const said = decidedBy(inCommands(all, 3))
          .flatMap(({ decided }) => decided)
          .flatMap((event) => (event.type === 'ChurnRiskAssessed' ? [event.data] : []))
          .map(({ band, factors }) => JSON.stringify({ band, factors }));
        said.forEach((each, index) => {
          expect(each).not.toBe(said[index - 1] ?? JSON.stringify({ band: 'low', factors: [] }));
        });
      }),
    );
  });
});

const offerId = fc.constantFrom('1', '2').map((name) => derivedId('offer', name));
const command: fc.Arbitrary<CustomerCommand> = fc.oneof(
  fc.record({ type: fc.constant('ChurnCustomer' as const), how: fc.constantFrom('voluntary', 'inactive') }),
  fc.record({ type: fc.constant('WinBackCustomer' as const), offerId: fc.option(offerId, { nil: undefined }) }),
  fc.record({
    type: fc.constant('MakeRetentionOffer' as const),
    offerId,
    terms: fc.constant('10 % off'),
    treatment: fc.constant('mass' as const),
    expiresAt: fc.constant('2026-12-31T00:00:00Z'),
  }),
  fc.record({ type: fc.constantFrom('AcceptRetentionOffer' as const, 'DeclineRetentionOffer' as const), offerId }),
  fc.record({ type: fc.constant('RetainCustomer' as const), basis: fc.constant('offerAccepted' as const), offerId }),
  fc.record({
    type: fc.constant('AssessRiskByRules' as const),
    signs: signs.map((all) => all.slice(0, 2)),
    rules: fc.constant(rules),
  }),
);

describe('Any interleaving of retention, churn and win-back', () => {
  const played = fc.array(command, { maxLength: 40, size: 'max' }).map((commands) => decidedBy(commands));

  it('churns and wins back in turn, and in between makes and answers offers only', () => {
    holds(
      fc.property(played, (moves) => {
        let isChurned = false;
        for (const { type } of moves.flatMap(({ decided }) => decided)) {
          if (type === 'CustomerChurned') {
            expect(isChurned).toBe(false);
            isChurned = true;
          } else if (type === 'CustomerWonBack') {
            expect(isChurned).toBe(true);
            isChurned = false;
          } else if (isChurned) {
            expect(type).toMatch(/^RetentionOffer/);
          }
        }
      }),
    );
  });

  it('lets an offer serve once, to stay or to come back, and on its own side of a churn', () => {
    holds(
      fc.property(played, (moves) => {
        const madeIn = new Map<string, number>();
        const served = new Set<string>();
        let churns = 0;
        for (const { type, data } of moves.flatMap(({ decided }) => decided)) {
          if (type === 'CustomerChurned') churns += 1;
          if (type === 'RetentionOfferMade') madeIn.set(data.offerId, churns);
          if (type !== 'CustomerRetained' && type !== 'CustomerWonBack') continue;
          if (data.offerId === undefined || data.offerId === null) continue;
          expect(served.has(data.offerId)).toBe(false);
          expect(madeIn.get(data.offerId)).toBe(churns);
          served.add(data.offerId);
        }
      }),
    );
  });
});
