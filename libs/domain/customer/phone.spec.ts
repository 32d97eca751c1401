import { toE164 } from './phone.js';

describe('toE164', () => {
  it.each([
    ['+84 912 345 678', undefined, '+84912345678'],
    ['0912.345.678', 'VN', '+84912345678'],
    ['(415) 555-2671', 'US', '+14155552671'],
    ['+1-213-373-4253 ext. 12', undefined, '+12133734253'],
    ['+44 20 7946 0958', 'VN', '+442079460958'],
  ])('reads %s of %s as %s', (given, country, number) => {
    expect(toE164(given, country)).toBe(number);
  });
  it.each([
    ['0912345678', undefined],
    ['0912345678', 'AQ'],
    ['+84 1', undefined],
    ['call +84912345678', undefined],
    ['', 'VN'],
  ])('is undefined for %j of %s', (given, country) => {
    expect(toE164(given, country)).toBeUndefined();
  });
});
