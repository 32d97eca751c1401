import { BusinessDays, CountryCode, LanguageTag, NestedBy, Text, TimeOfDay, WholeNumber } from './fields.js';
import { parse } from './validation.js';

class Cat {
  @Text() purr!: string;
}
class Dog {
  @Text() bark!: string;
}

class Sample {
  @CountryCode() country!: string;
  @LanguageTag() language!: string;
  @TimeOfDay() time!: string;
  @BusinessDays() days!: string[];
  @WholeNumber() number!: number;
  @Text() kind!: string;
  @NestedBy('kind', { cat: Cat, dog: Dog }) pet!: Cat | Dog;
}

const sound = {
  country: 'VN',
  language: 'vi',
  time: '08:30',
  days: ['2026-01-01'],
  number: -3,
  kind: 'dog',
  pet: { bark: 'loud' },
};

describe('a field of a standard list or form', () => {
  it('is taken as it is', () => expect(parse(Sample, sound)).toEqual(sound));

  it.each([
    ['country', 'ZZ'],
    ['country', 'vn'],
    ['language', 'vietnamese, please'],
    ['language', 'EN-gb'],
    ['language', 'vi-'],
    ['language', 'a'.repeat(36)],
    ['time', '24:01'],
    ['time', '8:30'],
    ['days', ['2026-02-30']],
    ['days', ['2026-01-01', '2026-01-01']],
    ['number', 1.5],
  ])('is refused by name: %s %j', (field, value) => {
    expect(() => parse(Sample, { ...sound, [field]: value })).toThrow(`${field} must be`);
  });

  it('is judged by the class that another field names', () => {
    expect(() => parse(Sample, { ...sound, kind: 'cat' })).toThrow('pet.purr must be');
    expect(parse(Sample, { ...sound, kind: 'cat', pet: { purr: 'soft' } })).toMatchObject({ pet: { purr: 'soft' } });
  });
});
