import type { CustomerEvent } from '#contracts/events.js';
import type { ContactPointAdded } from '#contracts/profile.events.js';
import { type Given, given } from '#testing/decider-spec.js';
import { acquiredPerson, identifiedProspect, idOf } from '#testing/known-customers.js';
import { contactPointIdOf } from './contact-points.js';
import { customer } from './customer.decider.js';
import type { AddContactPoint } from './profile-commands.js';

const contactPointId = idOf('contact point');
const add = (fields: Pick<AddContactPoint, 'medium' | 'value'> & Partial<AddContactPoint>): AddContactPoint => ({
  type: 'AddContactPoint',
  contactPointId,
  ...fields,
});
const added = (data: Omit<ContactPointAdded, 'contactPointId'>, id = contactPointId): Given<CustomerEvent> => ({
  type: 'ContactPointAdded',
  data: { contactPointId: id, ...data },
});
const phone = added({ medium: 'phone', value: '+84912345678' });
const mail = added({ medium: 'email', value: 'Hoa@Example.org' });
const verified: Given<CustomerEvent> = { type: 'ContactPointVerified', data: { contactPointId } };
const removed: Given<CustomerEvent> = { type: 'ContactPointRemoved', data: { contactPointId } };

describe('AddContactPoint', () => {
  it('adds an e-mail address as it was given, to a prospect too', () => {
    const command = add({ medium: 'email', value: 'Hoa@Example.org', label: 'work', preferred: true });
    const event = added({ medium: 'email', value: 'Hoa@Example.org', label: 'work', preferred: true });
    given(customer, [acquiredPerson]).when(command).then([event]);
    given(customer, [identifiedProspect]).when(command).then([event]);
  });
  it.each([
    ['0912 345 678', 'VN'],
    ['+84 (0)91 234 56 78', undefined],
  ])('adds a telephone number in E.164 and keeps what was given: %s', (raw, country) => {
    given(customer, [acquiredPerson])
      .when(add({ medium: 'phone', value: raw, country }))
      .then([added({ medium: 'phone', value: '+84912345678', raw })]);
  });
  it('keeps no raw value where it is the same', () => {
    given(customer, [acquiredPerson])
      .when(add({ medium: 'fax', value: '+84912345678' }))
      .then([added({ medium: 'fax', value: '+84912345678' })]);
  });
  it.each(['postal', 'messaging', 'social'] as const)('takes anything for the medium %s', (medium) => {
    given(customer, [acquiredPerson])
      .when(add({ medium, value: '@hoa' }))
      .then([added({ medium, value: '@hoa' })]);
  });
  it('does nothing for a value that is there, in whatever form', () => {
    const id = idOf('another');
    given(customer, [acquiredPerson, phone])
      .when(add({ contactPointId: id, medium: 'phone', value: '0912345678', country: 'VN' }))
      .thenNothing();
    given(customer, [acquiredPerson, mail])
      .when(add({ contactPointId: id, medium: 'email', value: 'hoa@example.ORG' }))
      .thenNothing();
  });
  it('adds a value again that was removed, or that another medium has', () => {
    const id = idOf('another');
    given(customer, [acquiredPerson, phone, removed])
      .when(add({ contactPointId: id, medium: 'phone', value: '+84912345678' }))
      .then([added({ medium: 'phone', value: '+84912345678' }, id)]);
    given(customer, [acquiredPerson, phone])
      .when(add({ contactPointId: id, medium: 'fax', value: '+84912345678' }))
      .then([added({ medium: 'fax', value: '+84912345678' }, id)]);
  });
  it('is refused under an id that is taken, after a removal too', () => {
    const command = add({ medium: 'email', value: 'b@example.org' });
    for (const events of [[mail], [mail, removed]]) {
      given(customer, [acquiredPerson, ...events])
        .when(command)
        .thenRefused('contact-point-added-once', { kind: 'conflict', field: 'contactPointId' });
    }
  });
  it('is refused for what is no e-mail address', () => {
    given(customer, [acquiredPerson])
      .when(add({ medium: 'email', value: 'Hoa <hoa@example.org>' }))
      .thenRefused('email-address-valid', { kind: 'invalid', field: 'value' });
  });
  it.each(['phone', 'fax'] as const)('is refused for a %s number without a country, or that is none', (medium) => {
    for (const value of ['0912345678', '+84 1', 'call me']) {
      given(customer, [acquiredPerson])
        .when(add({ medium, value }))
        .thenRefused('phone-number-valid', { kind: 'invalid', field: 'value' });
    }
  });
  it('is refused for nobody', () => {
    given(customer)
      .when(add({ medium: 'postal', value: 'x' }))
      .thenRefused('customer-not-found');
  });
});

describe('VerifyContactPoint', () => {
  const command = { type: 'VerifyContactPoint', contactPointId, method: 'link' } as const;

  it('verifies a contact point', () => {
    given(customer, [acquiredPerson, mail])
      .when(command)
      .then([{ type: 'ContactPointVerified', data: { contactPointId, method: 'link' } }]);
  });
  it('does nothing for one that is verified', () => {
    given(customer, [acquiredPerson, mail, verified]).when(command).thenNothing();
  });
  it.each([[[]], [[mail, removed]]])('is refused for one that is not there', (events) => {
    given(customer, [acquiredPerson, ...events])
      .when(command)
      .thenRefused('contact-point-not-found', { kind: 'not-found', field: 'contactPointId' });
  });
});

describe('RemoveContactPoint', () => {
  const command = { type: 'RemoveContactPoint', contactPointId } as const;

  it('removes a contact point', () => {
    given(customer, [acquiredPerson, mail]).when(command).then([removed]);
  });
  it('does nothing for one that was removed', () => {
    given(customer, [acquiredPerson, mail, removed]).when(command).thenNothing();
  });
  it('is refused for one that was never there', () => {
    given(customer, [acquiredPerson]).when(command).thenRefused('contact-point-not-found', { kind: 'not-found' });
  });
});

describe.each(['VerifyContactPoint', 'RemoveContactPoint'] as const)('%s', (type) => {
  it('is refused before the contact point was added', () => {
    given(customer, [acquiredPerson, mail])
      .when({ type, contactPointId }, { occurredAt: '2026-06-15T09:59:59Z' })
      .thenRefused('contact-point-dates-in-order', { kind: 'invalid', field: 'occurredAt' });
  });
});

describe('CustomerErased', () => {
  const erased: Given<CustomerEvent> = { type: 'CustomerErased', data: { reason: 'asked for it' } };

  it('leaves no value, and ids that have served', () => {
    const command = add({ medium: 'email', value: 'Hoa@Example.org' });
    given(customer, [acquiredPerson, mail, erased]).when(command).thenRefused('contact-point-added-once');
    const contactPointIdGiven = idOf('another');
    given(customer, [acquiredPerson, mail, erased])
      .when({ ...command, contactPointId: contactPointIdGiven })
      .then([added({ medium: 'email', value: 'Hoa@Example.org' }, contactPointIdGiven)]);
  });
  it('leaves nothing that is personal in the state', () => {
    const state = [acquiredPerson, mail, phone, erased].reduce((before, event) => {
      return customer.evolve(before, { ...event, eventId: 'e', occurredAt: '2026-01-01T00:00:00Z' });
    }, customer.initial);
    expect(JSON.stringify(state)).not.toMatch(/Hoa|hoa|8491/);
  });
});

describe('contactPointIdOf', () => {
  it('finds the contact point with a value, in whatever form it is given', () => {
    const state = [acquiredPerson, phone].reduce((before, event) => {
      return customer.evolve(before, { ...event, eventId: 'e', occurredAt: '2026-01-01T00:00:00Z' });
    }, customer.initial);
    expect(contactPointIdOf(state, 'phone', '0912 345 678', 'VN')).toBe(contactPointId);
    expect(contactPointIdOf(state, 'fax', '0912 345 678', 'VN')).toBeUndefined();
  });
});
