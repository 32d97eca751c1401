import fc from 'fast-check';
import { holds } from '#testing/property.js';
import { BEGINNINGS, beginningOf, digitsOf, searchableText, searchText } from './search-text.js';

describe('text as it is searched', () => {
  it.each([
    ['Nguyễn Thị Đào', 'nguyen thi dao'],
    ['  O’Neill,  Jr. ', 'o neill jr.'],
    ['Hoa.Nguyen+1@Example.ORG', 'hoa.nguyen+1@example.org'],
    ['北京 公司', '北京 公司'],
    ['%_\\', '_'],
  ])('of %s is %s', (given, expected) => expect(searchText(given)).toBe(expected));

  it('of a phone number are its digits', () => expect(digitsOf('+84 (0)912-345-678')).toBe('840912345678'));
});

describe('the words that a customer is found by', () => {
  it.each([
    [['Nguyễn Thị Hoa', 'Nguyễn'], ' nguyen thi hoa'],
    [['hoa.nguyen@example.org'], ' hoa.nguyen@example.org nguyen@example.org example.org org'],
    [['Anne-Marie'], ' anne-marie marie'],
    [['北京公司'], ' 北京公司 京公司 公司 司'],
    [['...', ' '], ' ...'],
    [[], ''],
  ])('of %j are %j', (texts, expected) => expect(searchableText(texts)).toBe(expected));

  it('stay few, whatever a text is made of', () => {
    holds(
      fc.property(fc.string({ unit: fc.constantFrom('a', '.', '京', '😀', ' '), maxLength: 500 }), (text) => {
        const words = searchableText([text]);
        expect(Buffer.byteLength(words)).toBeLessThanOrEqual(2_400);
        expect(words.isWellFormed()).toBe(true);
      }),
    );
  });

  it('are whole words before parts of any, where not all have a place', () => {
    const texts = Array.from({ length: 60 }, (_, n) => `hoa.nguyen.thi.${n}@mail.example.org`);
    expect(
      searchableText(texts)
        .split(' ')
        .filter((word) => word.startsWith('hoa.')),
    ).toEqual(texts);
  });

  it('are in the index by the longest beginning that a searched word has', () => {
    holds(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (word) => {
        const beginning = beginningOf(word);
        expect(word.startsWith(beginning)).toBe(true);
        expect(BEGINNINGS).toContain([...beginning].length);
        expect([...beginning].length).toBeGreaterThanOrEqual(Math.min([...word].length, 12));
      }),
    );
  });
});
