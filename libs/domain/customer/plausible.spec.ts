import type { ProfileUpdated } from '#contracts/profile.events.js';
import { given } from '#testing/decider-spec.js';
import { acquiredOrganisation, acquiredPerson, identifiedProspect } from '#testing/known-customers.js';
import { customer } from './customer.decider.js';

const update = (change: ProfileUpdated) => ({ type: 'UpdateProfile' as const, ...change });
const born = (birthDate: string) => update({ person: { birthDate } });
const today = { occurredAt: '2026-06-14T10:00:00Z', businessDate: '2026-06-15' };

describe('a birth date', () => {
  it.each(['1900-01-01', '2026-06-15'])('may be %s', (birthDate) => {
    given(customer, [acquiredPerson])
      .when(born(birthDate), today)
      .then([{ type: 'ProfileUpdated', data: { person: { birthDate } } }]);
  });
  it.each(['1899-12-31', '2026-06-16', '2999-01-01'])('cannot be %s', (birthDate) => {
    given(customer, [acquiredPerson])
      .when(born(birthDate), today)
      .thenRefused('birth-date-plausible', { kind: 'invalid', field: 'person.birthDate' });
  });
  it('that was recorded before there was this rule may be told again', () => {
    const person = { birthDate: '2999-01-01' };
    given(customer, [acquiredPerson, { type: 'ProfileUpdated', data: { person } }])
      .when(update({ person }), today)
      .thenNothing();
  });
});

describe('a name', () => {
  it.each([
    [update({ name: ' ' }), 'name'],
    [update({ person: { fullName: '  ' } }), 'person.fullName'],
    [update({ person: { familyName: '\t' } }), 'person.familyName'],
    [update({ person: { givenName: '\u00a0' } }), 'person.givenName'],
  ] as const)('of blanks alone is refused: %j', (command, field) => {
    given(customer, [acquiredPerson]).when(command).thenRefused('name-not-blank', { kind: 'invalid', field });
  });
  it('of an organisation is no blank either', () => {
    given(customer, [acquiredOrganisation])
      .when(update({ organisation: { legalName: '\u3000' } }))
      .thenRefused('name-not-blank', { kind: 'invalid', field: 'organisation.legalName' });
  });
  it('is no blank when somebody is first met, or acquired', () => {
    const name = ' \n';
    const refused = ['name-not-blank', { kind: 'invalid', field: 'name' }] as const;
    given(customer)
      .when({ type: 'IdentifyProspect', ...identifiedProspect.data, name })
      .thenRefused(...refused);
    given(customer)
      .when({ type: 'AcquireCustomer', ...acquiredPerson.data, name })
      .thenRefused(...refused);
    given(customer, [identifiedProspect])
      .when({ type: 'AcquireProspect', name })
      .thenRefused(...refused);
  });
});
