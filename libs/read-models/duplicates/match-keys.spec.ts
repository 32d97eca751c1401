import { derivedId } from '#contracts/ids.js';
import { given } from '#testing/projection-spec.js';
import { type Happening, SPEC_CUSTOMER } from '#testing/recorded.js';
import { matchKeys } from './match-keys.projection.js';

const acquired: Happening = {
  type: 'CustomerAcquired',
  data: { partyKind: 'person', roles: ['endConsumer'], channel: 'web', name: 'Nguyễn Thị Hoa' },
};
const profile: Happening = {
  type: 'ProfileUpdated',
  data: {
    person: { birthDate: '1990-05-17' },
    address: { city: 'Đà Nẵng', postalCode: '550000', lines: ['12 Lê Lợi'] },
  },
};
const contactPointId = derivedId('contact', '1');
const mailed: Happening = {
  type: 'ContactPointAdded',
  data: { contactPointId, medium: 'email', value: 'Hoa@Example.com' },
};

describe('The keys by which duplicates are looked for', () => {
  it('join the name with what else is known, without accents', () => {
    given(matchKeys, [acquired, profile]).thenRow({
      keys: [
        'a12leloi',
        'b19900517',
        'choa,dana',
        'cngu,dana',
        'cthi,dana',
        'dhoa,0517',
        'dngu,0517',
        'dthi,0517',
        'phoa,550000',
        'pngu,550000',
        'pthi,550000',
        'yhoa,199005',
        'yngu,199005',
        'ythi,199005',
      ],
    });
  });
  it('are none for a customer of whom the name alone is known', () => {
    given(matchKeys, [acquired]).thenRow({ keys: [] });
  });
  it('follow the profile: what an update leaves out stays', () => {
    const moved: Happening = { type: 'ProfileUpdated', data: { address: { city: 'Huế' } } };
    given(matchKeys, [acquired, profile, moved]).thenRow({
      identifying: {
        fullName: 'Nguyễn Thị Hoa',
        birthDate: '1990-05-17',
        city: 'Huế',
        postalCode: '550000',
        addressLines: ['12 Lê Lợi'],
        emails: [],
        phones: [],
      },
    });
  });
  it('know an e-mail address in lower case, until it is removed', () => {
    given(matchKeys, [acquired, mailed]).thenRow({ keys: ['ehoa@example.com'] });
    const removed: Happening = { type: 'ContactPointRemoved', data: { contactPointId } };
    given(matchKeys, [acquired, mailed, removed]).thenRow({ keys: [], contacts: [] });
  });
  it('keep who was found to be another', () => {
    const other = derivedId('customer', 'other');
    const dismissed: Happening = { type: 'DuplicateDismissed', data: { otherCustomerId: other, reason: 'Twins' } };
    given(matchKeys, [acquired, dismissed]).thenRow({ dismissed: [other] });
  });
  it('are gone with a customer who was erased', () => {
    given(matchKeys, [acquired, mailed, { type: 'CustomerErased', data: { reason: 'Asked for' } }]).thenNoRow();
  });
  it('are none where the key of the person was destroyed', () => {
    const erased: Happening = { type: 'ProfileUpdated', data: { person: {}, address: {} } };
    given(matchKeys, [{ ...acquired, data: { ...acquired.data, name: undefined } } as Happening, erased]).thenRow({
      customerId: SPEC_CUSTOMER,
      keys: [],
    });
  });
});
