import type { CustomerEvent } from '#contracts/events.js';
import { type Given, given } from '#testing/decider-spec.js';
import { acquiredPerson, identifiedProspect, idOf } from '#testing/known-customers.js';
import { customer } from './customer.decider.js';

const [anna, shop] = [idOf('anna'), idOf('shop')];
const party = { relation: 'contactPersonOf', otherCustomerId: shop } as const;
const linked: Given<CustomerEvent> = { type: 'PartyLinked', data: party };
const unlinked: Given<CustomerEvent> = { type: 'PartyUnlinked', data: party };

describe('LinkParty', () => {
  const command = { type: 'LinkParty', customerId: anna, ...party } as const;

  it('links a customer, or a prospect, to another one', () => {
    given(customer, [acquiredPerson]).when(command).then([linked]);
    given(customer, [identifiedProspect]).when(command).then([linked]);
  });
  it('links in another relation, and again after they were unlinked', () => {
    given(customer, [acquiredPerson, linked])
      .when({ ...command, relation: 'buysThrough' })
      .then([{ type: 'PartyLinked', data: { ...party, relation: 'buysThrough' } }]);
    given(customer, [acquiredPerson, linked, unlinked]).when(command).then([linked]);
  });
  it('does nothing when they are linked so', () => {
    given(customer, [acquiredPerson, linked]).when(command).thenNothing();
  });
  it('is refused for who was erased, and to who was; what was linked before stays so', () => {
    const erased: Given<CustomerEvent> = { type: 'CustomerErased', data: { reason: 'asked for' } };
    given(customer, [acquiredPerson, erased]).when(command).thenRefused('customer-erased', { kind: 'conflict' });
    given(customer, [acquiredPerson])
      .when({ ...command, isOtherErased: true })
      .thenRefused('customer-erased', { kind: 'conflict', field: 'otherCustomerId' });
    given(customer, [acquiredPerson, linked, erased]).when(command).thenNothing();
  });
  it('is refused for the customer itself', () => {
    given(customer, [acquiredPerson])
      .when({ ...command, otherCustomerId: anna })
      .thenRefused('party-not-itself', { kind: 'invalid', field: 'otherCustomerId' });
  });
});

describe('UnlinkParty', () => {
  const command = { type: 'UnlinkParty', ...party } as const;

  it('unlinks who is linked', () => {
    given(customer, [acquiredPerson, linked]).when(command).then([unlinked]);
  });
  it.each([[[]], [[linked, unlinked]]])('is refused for who is not linked', (events) => {
    given(customer, [acquiredPerson, ...events])
      .when(command)
      .thenRefused('party-not-found', { kind: 'not-found', field: 'otherCustomerId' });
  });
  it('is refused for another relation', () => {
    given(customer, [acquiredPerson, linked])
      .when({ ...command, relation: 'suppliedBy' })
      .thenRefused('party-not-found');
  });
});
