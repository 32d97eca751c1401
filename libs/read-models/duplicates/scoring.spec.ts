import fc from 'fast-check';
import { holds } from '#testing/property.js';
import { blockingKeys } from './blocking-keys.js';
import { comparable, type Identifying } from './comparable.js';
import { likenessOf, SUGGESTED_FROM } from './scoring.js';

const hoa: Identifying = {
  givenName: 'Hoa',
  familyName: 'Nguyễn',
  birthDate: '1990-05-17',
  city: 'Đà Nẵng',
  postalCode: '550000',
  region: 'DN',
  addressLines: ['12 Lê Lợi', 'Hải Châu'],
  emails: [],
  phones: [],
};

/** Nothing but what is given. */
const only = (known: Partial<Identifying>): Identifying => ({ emails: [], phones: [], ...known });

function likeness(one: Identifying, other: Identifying) {
  const found = likenessOf(comparable(one), comparable(other));
  return { ...found, suggested: found.score >= SUGGESTED_FROM };
}

/** A change to the other record, and whether the two are suggested all the same. */
const CASES: [string, Identifying, Identifying, boolean][] = [
  ['the same', hoa, hoa, true],
  ['without accents and in capitals', hoa, { ...hoa, givenName: 'HOA', familyName: 'Nguyen', city: 'DA NANG' }, true],
  ['with given and family name in each other’s place', hoa, { ...hoa, givenName: 'Nguyễn', familyName: 'Hoa' }, true],
  [
    'with the name in one piece',
    hoa,
    { ...hoa, givenName: undefined, familyName: undefined, fullName: 'Nguyễn Hoa' },
    true,
  ],
  ['with two digits of the birth date swapped', hoa, { ...hoa, birthDate: '1990-05-71' }, true],
  [
    'after a move',
    hoa,
    { ...hoa, city: 'Huế', postalCode: '530000', region: 'TTH', addressLines: ['3 Hùng Vương'] },
    true,
  ],
  ['of a spouse at the same address', hoa, { ...hoa, givenName: 'Minh', birthDate: '1988-11-02' }, false],
  [
    'of another person with that name',
    hoa,
    {
      ...only(hoa),
      birthDate: '1961-01-30',
      city: 'Hà Nội',
      postalCode: '100000',
      region: 'HN',
      addressLines: ['99 Bà Triệu'],
    },
    false,
  ],
  ['of whom the name alone is known', hoa, only({ givenName: 'Hoa', familyName: 'Nguyễn' }), true],
  [
    'with the same e-mail address and name',
    only({ fullName: 'Hoa', emails: ['hoa@example.com'] }),
    only({ fullName: 'Hoa', emails: ['HOA@example.com'] }),
    true,
  ],
  [
    'with the same e-mail address and quite another name',
    only({ fullName: 'Hoa Nguyễn', emails: ['shop@example.com'] }),
    only({ fullName: 'Peter Smith', emails: ['shop@example.com'] }),
    false,
  ],
  ['with the same phone number alone', only({ phones: ['+84905123456'] }), only({ phones: ['+84905123456'] }), false],
  [
    'of a company with the same tax number',
    only({ fullName: 'Cửa hàng Hoa Sen', taxId: '0312345678' }),
    only({ fullName: 'Hoa Sen', taxId: '0312345678' }),
    true,
  ],
  ['of which nothing is known', only({}), only({}), false],
];

describe('How alike two customers are', () => {
  it.each(CASES)('a record %s', (_, one, other, suggested) => {
    expect(likeness(one, other)).toMatchObject({ suggested });
  });

  it('names every field that both know, and how well it agrees', () => {
    const { evidence } = likeness(hoa, only({ givenName: 'Hoa', familyName: 'Nguyễn', birthDate: '1990-05-71' }));
    expect(evidence).toEqual([
      { field: 'name', similarity: 1 },
      { field: 'birthDate', similarity: 0.875 },
    ]);
  });

  it('does not depend on which of the two comes first', () => {
    const text = fc.option(fc.constantFrom('Hoa', 'Hao', 'Nguyễn', 'Nguyen Van', 'Đà Nẵng', '5500', '5050', ''), {
      nil: undefined,
    });
    const record = fc.record({
      givenName: text,
      familyName: text,
      fullName: text,
      city: text,
      postalCode: text,
      birthDate: fc.constantFrom('1990-05-17', '1990-05-71', undefined),
      addressLines: fc.array(fc.constantFrom('12 Lê Lợi', 'Hải Châu', '12 Le Lai', '!'), { maxLength: 3 }),
      emails: fc.array(fc.constantFrom('a@b.example', 'a@c.example'), { maxLength: 2 }),
      phones: fc.array(fc.constantFrom('+84905123456', '0905'), { maxLength: 2 }),
    });
    holds(
      fc.property(record, record, (one, other) => {
        expect(likeness(one, other).score).toBe(likeness(other, one).score);
        expect(likeness(one, other).score).toBeGreaterThanOrEqual(0);
        expect(likeness(one, other).score).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is asked only of those who share a key', () => {
    const shared = blockingKeys(hoa).filter((key) => blockingKeys({ ...hoa, postalCode: '550001' }).includes(key));
    expect(shared.length).toBeGreaterThan(0);
    const stranger = only({ givenName: 'Peter', familyName: 'Smith', birthDate: '1950-01-01', city: 'Hải Phòng' });
    expect(blockingKeys(hoa).filter((key) => blockingKeys(stranger).includes(key))).toEqual([]);
  });
});
