import fc from 'fast-check';
import { holds } from '#testing/property.js';
import { decimalsOf } from './currency.js';
import { decimal, floor, roundHalfEven, times } from './decimal.js';

const scaled = fc.record({ units: fc.bigInt({ min: 0n, max: 10n ** 24n }), scale: fc.nat(6) });

describe('roundHalfEven', () => {
  it.each([
    ['0.5', 0n],
    ['1.5', 2n],
    ['2.5', 2n],
    ['2.500001', 3n],
    ['2.499999', 2n],
    ['7', 7n],
  ])('of %s is %s', (text, whole) => expect(roundHalfEven(decimal(text))).toBe(whole));

  it('is at most a half away, and even at exactly a half', () => {
    holds(
      fc.property(scaled, (value) => {
        const one = 10n ** BigInt(value.scale);
        const rounded = roundHalfEven(value);
        const off = 2n * (rounded * one - value.units);
        const distance = off < 0n ? -off : off;
        expect(distance <= one).toBe(true);
        if (distance === one) expect(rounded % 2n).toBe(0n);
      }),
    );
  });
});

describe('floor', () => {
  it('is the largest whole number not above', () => {
    holds(
      fc.property(scaled, (value) => {
        const one = 10n ** BigInt(value.scale);
        expect(floor(value) * one <= value.units && value.units < (floor(value) + 1n) * one).toBe(true);
      }),
    );
  });
});

describe('times', () => {
  it('is exact and reads what is written', () => {
    holds(
      fc.property(
        fc.nat(),
        fc.integer({ min: 0, max: 999_999 }),
        fc.bigInt({ min: 0n, max: 10n ** 9n }),
        (whole, part, n) => {
          const read = decimal(`${whole}.${String(part).padStart(6, '0')}`);
          expect(times(read, n)).toEqual({ units: (BigInt(whole) * 1_000_000n + BigInt(part)) * n, scale: 6 });
        },
      ),
    );
  });
});

describe('decimalsOf', () => {
  it.each([
    ['USD', 2],
    ['VND', 0],
    ['KWD', 3],
    ['CLF', 4],
    ['IDR', 2],
  ])('%s is %d', (currency, decimals) => expect(decimalsOf(currency)).toBe(decimals));
});
