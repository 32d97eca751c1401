import fc from 'fast-check';
import type { Role } from '#contracts/codes.js';
import { derivedId } from '#contracts/ids.js';
import { holds, play } from '#testing/property.js';
import type { CustomerCommand } from './commands.js';
import { customer } from './customer.decider.js';

// Few values, so that commands meet.
const offerId = fc.constantFrom('1', '2').map((name) => derivedId('offer', name));
const customerId = fc.constantFrom('anna', 'ben').map((name) => derivedId('customer', name));
const identity = fc.constantFrom('1', '2').map((id) => ({ system: 'shop', id }));
const instant = fc.constantFrom('2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z', '2026-02-01T00:00:00.5Z');
const text = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }).filter((text) => !text.includes('\0'));

const command: fc.Arbitrary<CustomerCommand> = fc.oneof(
  fc.record({
    type: fc.constant('AcquireCustomer' as const),
    partyKind: fc.constantFrom('person', 'organisation'),
    roles: fc.constant<Role[]>(['endConsumer']),
    channel: fc.constant('web' as const),
    name: fc.option(text, { nil: undefined }),
    externalIdentity: fc.option(identity, { nil: undefined }),
  }),
  fc.record({ type: fc.constant('LinkExternalIdentity' as const), identity }),
  fc.record({ type: fc.constant('ClaimExternalIdentity' as const), identity, customerId }),
  fc.record({
    type: fc.constant('AssessChurnRisk' as const),
    score: fc.double({ min: 0, max: 1, noNaN: true }),
    band: fc.constantFrom('low', 'medium', 'high'),
    factors: fc.array(fc.record({ name: text, weight: fc.double({ min: -1, max: 1, noNaN: true }) }), { maxLength: 2 }),
    model: fc.constant({ name: 'rfm', version: '1' }),
  }),
  fc.record({
    type: fc.constant('MakeRetentionOffer' as const),
    offerId,
    terms: text,
    treatment: fc.constantFrom('mass', 'oneToOne'),
    expiresAt: instant,
  }),
  fc.record({ type: fc.constantFrom('AcceptRetentionOffer' as const, 'DeclineRetentionOffer' as const), offerId }),
  fc.record({
    type: fc.constant('RetainCustomer' as const),
    basis: fc.constantFrom('offerAccepted', 'riskRecovered'),
    offerId: fc.option(offerId, { nil: undefined }),
  }),
);
const step = fc.record({ command, context: instant.map((at) => ({ occurredAt: at, businessDate: at.slice(0, 10) })) });
const played = fc.array(step, { maxLength: 40, size: 'max' }).map((steps) => play(customer, steps));

describe('Any interleaving of customer commands', () => {
  it('acquires once or is claimed once, never both', () => {
    holds(
      fc.property(played, (moves) => {
        const begun = moves
          .flatMap(({ decided }) => decided)
          .filter(({ type }) => type === 'CustomerAcquired' || type === 'ExternalIdentityClaimed');
        expect(begun.length).toBeLessThanOrEqual(1);
      }),
    );
  });
  it('makes and answers an offer once, in time, and bases one retention on it', () => {
    holds(
      fc.property(played, (moves) => {
        const about = new Map<string, string[]>();
        for (const event of moves.flatMap(({ decided }) => decided)) {
          if (!('offerId' in event.data) || event.data.offerId === undefined) continue;
          about.set(event.data.offerId, [...(about.get(event.data.offerId) ?? []), event.type]);
        }
        const life = /^RetentionOfferMade(,RetentionOfferDeclined|,RetentionOfferAccepted(,CustomerRetained)?)?$/;
        for (const types of about.values()) expect(types.join()).toMatch(life);
      }),
    );
  });
  it('retains after a recovered risk only when one was assessed since the last retention', () => {
    holds(
      fc.property(played, (moves) => {
        let atRisk = false;
        for (const event of moves.flatMap(({ decided }) => decided)) {
          if (event.type === 'ChurnRiskAssessed' && event.data.band !== 'low') atRisk = true;
          if (event.type !== 'CustomerRetained') continue;
          expect(event.data.basis === 'offerAccepted' || atRisk).toBe(true);
          atRisk = false;
        }
      }),
    );
  });
  it('links an identity once', () => {
    holds(
      fc.property(played, (moves) => {
        const linked = (moves.at(-1)?.after.identities ?? []).map(({ system, id }) => `${system}:${id}`);
        expect(new Set(linked).size).toBe(linked.length);
      }),
    );
  });
});
