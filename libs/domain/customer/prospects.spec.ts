import type { CustomerEvent } from '#contracts/events.js';
import { externalId } from '#contracts/ids.js';
import { type Given, given } from '#testing/decider-spec.js';
import { acquiredPerson, identifiedProspect } from '#testing/known-customers.js';
import type { IdentifyProspect } from './acquiring-commands.js';
import type { CustomerCommand } from './commands.js';
import { customer } from './customer.decider.js';

const identity = { system: 'fair', id: '17' };
const claimed: Given<CustomerEvent> = {
  type: 'ExternalIdentityClaimed',
  data: { identity, customerId: externalId('customer', { system: 'shop', id: '1' }) },
};
const qualified: Given<CustomerEvent> = { type: 'ProspectQualified', data: { basis: 'asked for a price' } };
const disqualified: Given<CustomerEvent> = { type: 'ProspectDisqualified', data: { reason: 'no budget' } };

describe('IdentifyProspect', () => {
  const command: IdentifyProspect = { type: 'IdentifyProspect', ...identifiedProspect.data };

  it('identifies a prospect', () => {
    given(customer).when(command).then([identifiedProspect]);
  });
  it('is refused a second time', () => {
    given(customer, [identifiedProspect]).when(command).thenRefused('prospect-identified-once', { kind: 'conflict' });
  });
  it('is refused for a customer', () => {
    given(customer, [acquiredPerson]).when(command).thenRefused('customer-acquired-once', { kind: 'conflict' });
  });
  it('is refused for an identity of another customer', () => {
    given(customer, [claimed]).when(command).thenRefused('identity-claimed', { field: 'externalIdentity' });
  });
});

describe('QualifyProspect', () => {
  const command: CustomerCommand = { type: 'QualifyProspect', basis: 'asked for a price' };

  it('qualifies a prospect, after a disqualification too', () => {
    given(customer, [identifiedProspect]).when(command).then([qualified]);
    given(customer, [identifiedProspect, qualified, disqualified]).when(command).then([qualified]);
  });
  it('does nothing for one that is qualified', () => {
    given(customer, [identifiedProspect, qualified]).when(command).thenNothing();
  });
  it('is refused for a customer, and for nobody', () => {
    given(customer, [identifiedProspect, acquiredPerson])
      .when(command)
      .thenRefused('customer-acquired-once', { kind: 'conflict' });
    given(customer).when(command).thenRefused('customer-not-found', { kind: 'not-found' });
  });
});

describe('DisqualifyProspect', () => {
  const command: CustomerCommand = { type: 'DisqualifyProspect', reason: 'no budget' };

  it('disqualifies a prospect, one that was qualified too', () => {
    given(customer, [identifiedProspect]).when(command).then([disqualified]);
    given(customer, [identifiedProspect, qualified]).when(command).then([disqualified]);
  });
  it('does nothing for one that is disqualified', () => {
    given(customer, [identifiedProspect, disqualified]).when(command).thenNothing();
  });
  it('is refused for a customer, and for nobody', () => {
    given(customer, [acquiredPerson]).when(command).thenRefused('customer-acquired-once', { kind: 'conflict' });
    given(customer).when(command).thenRefused('customer-not-found', { kind: 'not-found' });
  });
});

describe('AcquireProspect', () => {
  const { partyKind, roles, channel } = identifiedProspect.data;

  it('acquires a prospect as their stream knows them', () => {
    given(customer, [identifiedProspect])
      .when({ type: 'AcquireProspect', trigger: 'first order' })
      .then([{ type: 'CustomerAcquired', data: { partyKind, roles, channel, trigger: 'first order' } }]);
  });
  it('acquires with what is new, and a prospect that was disqualified too', () => {
    given(customer, [identifiedProspect, disqualified])
      .when({ type: 'AcquireProspect', roles: ['retailer'], channel: 'store', name: 'Hoa' })
      .then([{ type: 'CustomerAcquired', data: { partyKind, roles: ['retailer'], channel: 'store', name: 'Hoa' } }]);
  });
  it('is refused for another kind of party', () => {
    given(customer, [identifiedProspect])
      .when({ type: 'AcquireProspect', partyKind: 'person' })
      .then([{ type: 'CustomerAcquired', data: { partyKind, roles, channel } }]);
    given(customer, [identifiedProspect])
      .when({ type: 'AcquireProspect', partyKind: 'organisation' })
      .thenRefused('party-kind-stays', { kind: 'conflict', field: 'partyKind' });
  });
  it('is refused a second time, and for nobody', () => {
    given(customer, [identifiedProspect, acquiredPerson])
      .when({ type: 'AcquireProspect' })
      .thenRefused('customer-acquired-once', { kind: 'conflict' });
    given(customer).when({ type: 'AcquireProspect' }).thenRefused('customer-not-found', { kind: 'not-found' });
  });
});

describe('AcquireCustomer, of a prospect', () => {
  it('acquires them', () => {
    given(customer, [identifiedProspect])
      .when({ type: 'AcquireCustomer', ...acquiredPerson.data })
      .then([acquiredPerson]);
  });
  it('is refused for another kind of party', () => {
    given(customer, [identifiedProspect])
      .when({ type: 'AcquireCustomer', ...acquiredPerson.data, partyKind: 'organisation' })
      .thenRefused('party-kind-stays', { kind: 'conflict', field: 'partyKind' });
  });
  it('keeps the name and the identity that the prospect was known by', () => {
    const { name: _, ...nameless } = acquiredPerson.data;
    const events: CustomerEvent[] = [
      { type: 'ProspectIdentified', data: { ...identifiedProspect.data, externalIdentity: identity } },
      { type: 'CustomerAcquired', data: { ...nameless, externalIdentity: identity } },
    ];
    const state = events.reduce((before, event) => {
      return customer.evolve(before, { ...event, eventId: 'e', occurredAt: '2026-01-01T00:00:00Z' });
    }, customer.initial);
    expect(state).toMatchObject({ status: 'acquired', identities: [identity], profile: { name: 'Hoa Nguyễn' } });
  });
});

describe('ClaimExternalIdentity', () => {
  it('is refused when the identity is a prospect of its own', () => {
    given(customer, [identifiedProspect])
      .when({ type: 'ClaimExternalIdentity', identity, customerId: externalId('customer', identity) })
      .thenRefused('identity-is-a-customer', { kind: 'conflict' });
  });
});

describe('What needs a customer', () => {
  it.each<CustomerCommand>([
    { type: 'RetainCustomer', basis: 'riskRecovered' },
    { type: 'AssessChurnRisk', score: 1, band: 'high', factors: [], model: { name: 'm', version: '1' } },
  ])('is refused for a prospect: $type', (command) => {
    given(customer, [identifiedProspect]).when(command).thenRefused('customer-acquired', { kind: 'conflict' });
  });
});
