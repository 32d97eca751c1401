import type { CustomerEvent } from '#contracts/events.js';
import type { ProfileUpdated } from '#contracts/profile.events.js';
import { type Given, given } from '#testing/decider-spec.js';
import { acquiredOrganisation, acquiredPerson, identifiedProspect } from '#testing/known-customers.js';
import { customer } from './customer.decider.js';

const update = (change: ProfileUpdated) => ({ type: 'UpdateProfile' as const, ...change });
const updated = (data: ProfileUpdated): Given<CustomerEvent> => ({ type: 'ProfileUpdated', data });

describe('UpdateProfile', () => {
  it.each<ProfileUpdated>([
    { name: 'Hoa Trần' },
    { language: 'vi' },
    { person: { familyName: 'Nguyễn', givenName: 'Hoa', birthDate: '1990-02-28', gender: 'female' } },
    { address: { country: 'VN', city: 'Huế', postalCode: '49000', lines: ['1 Lê Lợi'] } },
  ])('changes %j of a person, of a prospect too', (change) => {
    given(customer, [acquiredPerson])
      .when(update(change))
      .then([updated(change)]);
    given(customer, [identifiedProspect])
      .when(update(change))
      .then([updated(change)]);
  });
  it('changes what an organisation has', () => {
    const change = {
      organisation: {
        legalName: 'Sao Mai JSC',
        taxId: '0101',
        industry: { scheme: 'ISIC', code: '4759' },
        serviceType: 'repairs',
        sizeBand: 'small' as const,
      },
    };
    given(customer, [acquiredOrganisation])
      .when(update(change))
      .then([updated(change)]);
  });
  it('records what differs, and only that', () => {
    const before = updated({ language: 'vi', address: { country: 'VN', city: 'Huế', lines: ['1 Lê Lợi'] } });
    given(customer, [acquiredPerson, before])
      .when(
        update({ name: 'Hoa Nguyễn', language: 'vi', address: { country: 'VN', city: 'Hà Nội', lines: ['1 Lê Lợi'] } }),
      )
      .then([updated({ address: { city: 'Hà Nội' } })]);
  });
  it('takes an industry, and the lines of an address, for one value', () => {
    const industry = { scheme: 'ISIC', code: '4759' };
    given(customer, [acquiredOrganisation, updated({ organisation: { industry } })])
      .when(update({ organisation: { industry: { scheme: 'ISIC', code: '4760' } } }))
      .then([updated({ organisation: { industry: { scheme: 'ISIC', code: '4760' } } })]);
    given(customer, [acquiredPerson, updated({ address: { lines: ['a', 'b'] } })])
      .when(update({ address: { lines: ['a'] } }))
      .then([updated({ address: { lines: ['a'] } })]);
  });
  it('does nothing when nothing changes, whatever the order of the fields', () => {
    given(customer, [acquiredPerson])
      .when(update({ name: 'Hoa Nguyễn' }))
      .thenNothing();
    given(customer, [acquiredOrganisation, updated({ organisation: { industry: { scheme: 'ISIC', code: '1' } } })])
      .when(update({ organisation: { industry: { code: '1', scheme: 'ISIC' } } }))
      .thenNothing();
  });
  it('goes by the latest value of a field', () => {
    given(customer, [acquiredPerson, updated({ name: 'Hoa Trần' }), updated({ language: 'vi' })])
      .when(update({ name: 'Hoa Nguyễn' }))
      .then([updated({ name: 'Hoa Nguyễn' })]);
  });
  it.each<ProfileUpdated>([{}, { person: {} }, { address: {}, organisation: {} }])(
    'is refused when empty: %j',
    (change) => {
      given(customer, [acquiredPerson])
        .when(update(change))
        .thenRefused('profile-change-not-empty', { kind: 'invalid' });
    },
  );
  it('is refused with a person’s fields for an organisation, and the other way round', () => {
    given(customer, [acquiredOrganisation])
      .when(update({ person: { gender: 'male' } }))
      .thenRefused('profile-fields-of-party-kind', { kind: 'invalid', field: 'person' });
    given(customer, [acquiredPerson])
      .when(update({ organisation: { taxId: '1' } }))
      .thenRefused('profile-fields-of-party-kind', { kind: 'invalid', field: 'organisation' });
  });
  it('is refused for nobody', () => {
    given(customer)
      .when(update({ name: 'x' }))
      .thenRefused('customer-not-found', { kind: 'not-found' });
  });
});
