import { type Happening, history, SPEC_CUSTOMER } from '#testing/recorded.js';
import { customer360 } from '../customer-360/customer-360.projection.js';
import type { Customer360 } from '../customer-360/customer-360.table.js';
import { listRowOf } from './list-row.js';

function listed(happenings: Happening[]) {
  const row = history(happenings).reduce<Customer360 | undefined>(
    (row, event) => customer360.evolve(row, event),
    undefined,
  );
  return listRowOf(row!);
}

const acquired: Happening = {
  type: 'CustomerAcquired',
  data: { partyKind: 'person', roles: ['endConsumer', 'partner'], channel: 'web', name: 'Hoa Nguyễn' },
};
const profile: Happening = {
  type: 'ProfileUpdated',
  data: {
    person: { birthDate: '1990-02-28', gender: 'female', familyName: 'Nguyễn' },
    address: { country: 'VN', region: 'Hà Nội', city: 'Ba Đình' },
  },
};
const phone: Happening = {
  type: 'ContactPointAdded',
  data: { contactPointId: SPEC_CUSTOMER, medium: 'phone', value: '+84912345678', raw: '0912 345 678' },
};

describe('the row of a customer in the lists', () => {
  it('has a facet for everything that a list is filtered by exactly', () => {
    expect(listed([acquired, profile]).facets).toEqual([
      'partyKind:person',
      'role:endConsumer',
      'role:partner',
      'customerStage:active',
      'gender:female',
      'country:VN',
      'region:Hà Nội',
    ]);
  });

  it('is found by name without diacritics, and by a number in E.164 or as it was given', () => {
    expect(listed([acquired, profile, phone])).toMatchObject({
      searchText: ' hoa nguyen',
      phones: ['+84912345678', '0912345678'],
      birthDate: '1990-02-28',
    });
  });

  it('is listed by a name of the profile where there is no other', () => {
    const unnamed: Happening = {
      type: 'CustomerAcquired',
      data: { partyKind: 'person', roles: ['endConsumer'], channel: 'web' },
    };
    const named = (person: object, organisation = {}) =>
      listed([unnamed, { type: 'ProfileUpdated', data: { person, organisation } }]).name;
    expect(listed([acquired, profile]).name).toBe('Hoa Nguyễn');
    expect(named({ familyName: 'Nguyễn' })).toBe('Nguyễn');
    expect(named({ givenName: 'Hoa', familyName: 'Nguyễn' })).toBe('Nguyễn Hoa');
    expect(named({ fullName: 'Nguyễn Thị Hoa', familyName: 'Nguyễn' })).toBe('Nguyễn Thị Hoa');
    expect(named({}, { legalName: 'Sao Mai JSC' })).toBe('Sao Mai JSC');
    expect(listed([unnamed]).name).toBeNull();
    expect(listed([unnamed, profile, { type: 'CustomerErased', data: { reason: 'asked' } }]).name).toBeNull();
  });

  it('has the loyalty level that was announced last', () => {
    const change = { basis: 120, window: { from: '2025-06-16', to: '2026-06-15' } };
    const up: Happening = { type: 'LoyaltyLevelUpgraded', data: { from: 'member', to: 'vip', ...change } };
    const down: Happening = { type: 'LoyaltyLevelDowngraded', data: { from: 'vip', to: 'loyal', ...change } };
    expect(listed([acquired, up, down]).facets).toContain('loyaltyLevel:loyal');
  });

  it('keeps nothing of a person who was erased', () => {
    const erased: Happening = { type: 'CustomerErased', data: { reason: 'They asked.' } };
    expect(listed([acquired, profile, phone, erased])).toMatchObject({
      name: null,
      searchText: '',
      phones: [],
      birthDate: null,
    });
  });
});
