import type { CustomerEvent } from '#contracts/events.js';
import { externalId } from '#contracts/ids.js';
import { type Given, given } from '#testing/decider-spec.js';
import type { CustomerCommand } from './commands.js';
import { customer } from './customer.decider.js';
import type { MakeRetentionOffer } from './retention-commands.js';

const identity = { system: 'cdnow', id: '07592' };
const other = { system: 'newsletter', id: 'a@b.example' };
const anna = externalId('customer', identity);
const ben = externalId('customer', { system: 'cdnow', id: '1' });
const offerId = externalId('interaction', { system: 'offers', id: '1' });

const acquisition = {
  partyKind: 'person',
  roles: ['endConsumer'],
  channel: 'web',
  externalIdentity: identity,
} as const;
const acquired: Given<CustomerEvent> = { type: 'CustomerAcquired', data: { ...acquisition, roles: ['endConsumer'] } };
const claimedByAnna: Given<CustomerEvent> = {
  type: 'ExternalIdentityClaimed',
  data: { identity: other, customerId: anna },
};
const risk = (band: 'low' | 'medium' | 'high') => ({
  score: 0.5,
  band,
  factors: [{ name: 'recency', weight: 0.4 }],
  model: { name: 'rfm', version: '1' },
});
const assessed = (band: 'low' | 'medium' | 'high'): Given<CustomerEvent> => ({
  type: 'ChurnRiskAssessed',
  data: risk(band),
});
const terms = { offerId, terms: '10 % off', treatment: 'oneToOne', expiresAt: '2026-07-01T00:00:00Z' } as const;
const offered: Given<CustomerEvent> = { type: 'RetentionOfferMade', data: terms };
const accepted: Given<CustomerEvent> = { type: 'RetentionOfferAccepted', data: { offerId } };
const declined: Given<CustomerEvent> = { type: 'RetentionOfferDeclined', data: { offerId } };
const retainedByOffer: Given<CustomerEvent> = { type: 'CustomerRetained', data: { basis: 'offerAccepted', offerId } };

describe('AcquireCustomer', () => {
  const command: CustomerCommand = { type: 'AcquireCustomer', ...acquisition, roles: ['endConsumer'] };

  it('acquires a customer', () => {
    given(customer).when(command).then([acquired]);
  });
  it('is refused a second time', () => {
    given(customer, [acquired]).when(command).thenRefused('customer-acquired-once', { kind: 'conflict' });
  });
  it('is refused for an identity of another customer, naming them', () => {
    const violation = given(customer, [claimedByAnna]).when(command).thenRefused('identity-claimed');
    expect(violation.message).toContain(anna);
  });
});

describe('LinkExternalIdentity', () => {
  it('is refused for who was erased, unless it is known already', () => {
    const erased: Given<CustomerEvent> = { type: 'CustomerErased', data: { reason: 'asked for' } };
    given(customer, [acquired, erased])
      .when({ type: 'LinkExternalIdentity', identity: other })
      .thenRefused('customer-erased', { kind: 'conflict' });
    given(customer, [acquired, erased]).when({ type: 'LinkExternalIdentity', identity }).thenNothing();
  });
  it('adds an identity', () => {
    given(customer, [acquired])
      .when({ type: 'LinkExternalIdentity', identity: other })
      .then([{ type: 'ExternalIdentityLinked', data: { identity: other } }]);
  });
  it('does nothing for one that is linked, or that the customer was acquired with', () => {
    given(customer, [acquired, { type: 'ExternalIdentityLinked', data: { identity: other } }])
      .when({ type: 'LinkExternalIdentity', identity: other })
      .thenNothing();
    given(customer, [acquired]).when({ type: 'LinkExternalIdentity', identity }).thenNothing();
  });
});

describe('ClaimExternalIdentity', () => {
  const command: CustomerCommand = { type: 'ClaimExternalIdentity', identity: other, customerId: anna };

  it('claims an identity that nobody has', () => {
    given(customer).when(command).then([claimedByAnna]);
  });
  it('does nothing when the same customer has claimed it', () => {
    given(customer, [claimedByAnna]).when(command).thenNothing();
  });
  it('is refused when another customer has claimed it', () => {
    given(customer, [claimedByAnna])
      .when({ ...command, customerId: ben })
      .thenRefused('identity-claimed', { kind: 'conflict', field: 'identity' });
  });
  it('is refused when the identity is a customer of its own', () => {
    given(customer, [acquired]).when(command).thenRefused('identity-is-a-customer', { kind: 'conflict' });
  });
  it('leaves in the state who claimed it', () => {
    const event = { ...claimedByAnna, eventId: ben, occurredAt: '2026-01-01T00:00:00Z' };
    expect(customer.evolve(customer.initial, event)).toMatchObject({ status: 'claimed', claimedBy: anna });
  });
});

describe('AssessChurnRisk', () => {
  it('records every assessment', () => {
    given(customer, [acquired, assessed('high')])
      .when({ type: 'AssessChurnRisk', ...risk('low') })
      .then([{ type: 'ChurnRiskAssessed', data: risk('low') }]);
  });
});

describe('MakeRetentionOffer', () => {
  const command: MakeRetentionOffer = { type: 'MakeRetentionOffer', ...terms };

  it('makes an offer under the id of the command', () => {
    given(customer, [acquired]).when(command).then([offered]);
  });
  it('makes an offer with its cost', () => {
    given(customer, [acquired])
      .when({ ...command, cost: 500, currency: 'EUR' })
      .then([{ type: 'RetentionOfferMade', data: { ...terms, cost: 500, currency: 'EUR' } }]);
  });
  it('is refused under an id that is taken', () => {
    given(customer, [acquired, offered]).when(command).thenRefused('retention-offer-made-once', { kind: 'conflict' });
  });
  it('is refused when it would be over before it is made', () => {
    given(customer, [acquired])
      .when(command, { occurredAt: terms.expiresAt })
      .thenRefused('retention-offer-expires-later', { kind: 'invalid', field: 'expiresAt' });
  });
  it.each([
    [{ cost: 500 }, 'currency'],
    [{ currency: 'EUR' }, 'cost'],
  ])('is refused with %j alone', (half, field) => {
    given(customer, [acquired])
      .when({ ...command, ...half })
      .thenRefused('amount-with-currency', { kind: 'invalid', field });
  });
});

describe.each([
  ['AcceptRetentionOffer', accepted],
  ['DeclineRetentionOffer', declined],
] as const)('%s', (type, answered) => {
  const command: CustomerCommand = { type, offerId };

  it('answers an open offer, on its last instant too', () => {
    given(customer, [acquired, offered]).when(command).then([answered]);
    given(customer, [acquired, offered]).when(command, { occurredAt: '2026-07-01T00:00:00.000Z' }).then([answered]);
  });
  it('is refused after the offer expired', () => {
    given(customer, [acquired, offered])
      .when(command, { occurredAt: '2026-07-01T00:00:00.001Z' })
      .thenRefused('retention-offer-not-expired', { kind: 'conflict', field: 'offerId' });
  });
  it('is refused for an offer that was never made', () => {
    given(customer, [acquired]).when(command).thenRefused('retention-offer-not-found', { kind: 'not-found' });
  });
  it.each([accepted, declined])('is refused after $type', (earlier) => {
    given(customer, [acquired, offered, earlier])
      .when(command)
      .thenRefused('retention-offer-answered-once', { kind: 'conflict' });
  });
});

describe('DeclineRetentionOffer', () => {
  it('keeps the reason', () => {
    given(customer, [acquired, offered])
      .when({ type: 'DeclineRetentionOffer', offerId, reason: 'too late' })
      .then([{ type: 'RetentionOfferDeclined', data: { offerId, reason: 'too late' } }]);
  });
});

describe('RetainCustomer', () => {
  const recovered: CustomerCommand = { type: 'RetainCustomer', basis: 'riskRecovered' };
  const byOffer: CustomerCommand = { type: 'RetainCustomer', basis: 'offerAccepted', offerId };

  it.each(['medium', 'high'] as const)('retains a customer who recovered from a %s risk', (band) => {
    given(customer, [acquired, assessed(band), assessed('low')])
      .when(recovered)
      .then([{ type: 'CustomerRetained', data: { basis: 'riskRecovered' } }]);
  });
  it('is refused when no risk, or only a low one, has been assessed', () => {
    given(customer, [acquired]).when(recovered).thenRefused('retention-needs-a-risk', { kind: 'conflict' });
    given(customer, [acquired, assessed('low')])
      .when(recovered)
      .thenRefused('retention-needs-a-risk');
  });
  it('is refused when the risk is from before the last retention', () => {
    given(customer, [acquired, assessed('high'), { type: 'CustomerRetained', data: { basis: 'riskRecovered' } }])
      .when(recovered)
      .thenRefused('retention-needs-a-risk');
  });
  it('retains a customer by an accepted offer, without any assessed risk', () => {
    given(customer, [acquired, offered, accepted]).when(byOffer).then([retainedByOffer]);
  });
  it.each([[[offered]], [[offered, declined]]])('is refused while the offer is not accepted', (events) => {
    given(customer, [acquired, ...events])
      .when(byOffer)
      .thenRefused('retention-needs-an-accepted-offer', { kind: 'conflict' });
  });
  it('is refused when the offer was used before', () => {
    given(customer, [acquired, offered, accepted, retainedByOffer])
      .when(byOffer)
      .thenRefused('retention-offer-serves-once', { kind: 'conflict' });
  });
  it('is refused for an unknown offer', () => {
    given(customer, [acquired]).when(byOffer).thenRefused('retention-offer-not-found', { kind: 'not-found' });
  });
  it('is refused when basis and offer do not fit', () => {
    const rule = ['retention-names-its-offer', { kind: 'invalid', field: 'offerId' }] as const;
    given(customer, [acquired])
      .when({ type: 'RetainCustomer', basis: 'offerAccepted' })
      .thenRefused(...rule);
    given(customer, [acquired])
      .when({ ...recovered, offerId })
      .thenRefused(...rule);
  });
});

describe('A stream without a customer', () => {
  const commands: CustomerCommand[] = [
    { type: 'LinkExternalIdentity', identity: other },
    { type: 'AssessChurnRisk', ...risk('high') },
    { type: 'MakeRetentionOffer', ...terms },
    { type: 'AcceptRetentionOffer', offerId },
    { type: 'DeclineRetentionOffer', offerId },
    { type: 'RetainCustomer', basis: 'riskRecovered' },
  ];
  it.each(commands)('refuses $type', (command) => {
    given(customer).when(command).thenRefused('customer-not-found', { kind: 'not-found' });
  });
  it.each(commands)('refuses $type on a claimed identity, naming its customer', (command) => {
    const violation = given(customer, [claimedByAnna]).when(command).thenRefused('customer-not-found');
    expect(violation).toMatchObject({ kind: 'not-found', message: expect.stringContaining(anna) });
  });
});
