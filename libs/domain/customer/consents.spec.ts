import type { Channel, ConsentBasis } from '#contracts/codes.js';
import type { CustomerEvent } from '#contracts/events.js';
import { type Given, given } from '#testing/decider-spec.js';
import { acquiredPerson } from '#testing/known-customers.js';
import type { CustomerCommand } from './commands.js';
import { customer } from './customer.decider.js';

const consent = (channel?: Channel, basis: ConsentBasis = 'consent') => ({
  purpose: 'marketing' as const,
  ...(channel && { channel }),
  basis,
});
const granted = (channel?: Channel, basis?: ConsentBasis): Given<CustomerEvent> => ({
  type: 'ConsentGranted',
  data: consent(channel, basis),
});
const withdrawn = (channel?: Channel, basis?: ConsentBasis): Given<CustomerEvent> => ({
  type: 'ConsentWithdrawn',
  data: consent(channel, basis),
});
const grant = (channel?: Channel, basis?: ConsentBasis): CustomerCommand => ({
  type: 'GrantConsent',
  ...consent(channel, basis),
});
const withdraw = (channel?: Channel, basis?: ConsentBasis): CustomerCommand => ({
  type: 'WithdrawConsent',
  purpose: 'marketing',
  ...(channel && { channel }),
  ...(basis && { basis }),
});
const having = (...events: Given<CustomerEvent>[]) => given(customer, [acquiredPerson, ...events]);

describe('GrantConsent', () => {
  it('grants for one channel, or for every one, with its evidence', () => {
    having()
      .when(grant('email'))
      .then([granted('email')]);
    having()
      .when({ type: 'GrantConsent', ...consent(), evidence: 'form 12' })
      .then([{ type: 'ConsentGranted', data: { ...consent(), evidence: 'form 12' } }]);
  });
  it('does nothing for what is granted already, over every channel too', () => {
    having(granted('email')).when(grant('email')).thenNothing();
    having(granted()).when(grant('email')).thenNothing();
    having(granted()).when(grant()).thenNothing();
  });
  it('grants on another basis, and after a withdrawal', () => {
    having(granted('email'))
      .when(grant('email', 'contract'))
      .then([granted('email', 'contract')]);
    having(granted(), withdrawn('email'))
      .when(grant('email'))
      .then([granted('email')]);
    having(granted(), withdrawn())
      .when(grant('email'))
      .then([granted('email')]);
  });
  it('grants for every channel again when one of them was withdrawn', () => {
    having(granted(), withdrawn('email')).when(grant()).then([granted()]);
  });
  it('grants for every channel when one of them had been granted', () => {
    having(granted('email')).when(grant()).then([granted()]);
  });
});

describe('WithdrawConsent', () => {
  it('withdraws what was granted, on its own basis', () => {
    having(granted('email', 'contract'))
      .when(withdraw('email'))
      .then([withdrawn('email', 'contract')]);
    having(granted()).when(withdraw()).then([withdrawn()]);
  });
  it('withdraws one channel of a consent for every one, or all that was granted by channel', () => {
    having(granted())
      .when(withdraw('sms'))
      .then([withdrawn('sms')]);
    having(granted('email'), granted('sms'), withdrawn('sms')).when(withdraw()).then([withdrawn()]);
  });
  it('does nothing for what was withdrawn already', () => {
    having(granted('email'), withdrawn('email')).when(withdraw('email')).thenNothing();
    having(granted(), withdrawn()).when(withdraw('email')).thenNothing();
    having(granted(), withdrawn()).when(withdraw()).thenNothing();
  });
  it('records an objection to a legitimate interest, for which nothing was granted', () => {
    having()
      .when(withdraw('phone', 'legitimateInterest'))
      .then([withdrawn('phone', 'legitimateInterest')]);
  });
  it('is refused for what was never granted', () => {
    having().when(withdraw()).thenRefused('consent-granted-before', { kind: 'conflict', field: 'purpose' });
    having().when(withdraw('email', 'consent')).thenRefused('consent-granted-before');
    having(granted('sms')).when(withdraw('email')).thenRefused('consent-granted-before');
    having({ type: 'ConsentGranted', data: { ...consent(), purpose: 'research' } })
      .when(withdraw())
      .thenRefused('consent-granted-before');
  });
});
