import type { CustomerEvent } from '#contracts/events.js';
import { type Given, given } from '#testing/decider-spec.js';
import { customer } from './customer.decider.js';
import type { EraseCustomer } from './erasing.js';

const acquired: Given<CustomerEvent> = {
  type: 'CustomerAcquired',
  data: { partyKind: 'person', roles: ['endConsumer'], channel: 'web' },
};
const erased: Given<CustomerEvent> = { type: 'CustomerErased', data: { reason: 'asked for' } };
const command: EraseCustomer = { type: 'EraseCustomer', reason: 'asked for' };

describe('EraseCustomer', () => {
  it('erases a customer', () => {
    given(customer, [acquired]).when(command).then([erased]);
  });
  it('does nothing a second time', () => {
    given(customer, [acquired, erased])
      .when({ ...command, reason: 'asked for again' })
      .then([]);
  });
  it('is refused where there is no customer', () => {
    given(customer).when(command).thenRefused('customer-not-found', { kind: 'not-found' });
  });
});
