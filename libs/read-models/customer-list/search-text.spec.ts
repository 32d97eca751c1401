import { digitsOf, searchText } from './search-text.js';

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
