import fc from 'fast-check';
import { CustomerPurchased } from '#contracts/purchase.events.js';
import { parse } from '#contracts/validation.js';
import { holds } from '#testing/property.js';
import { checked } from './checked.js';
import { dateReader, isDateFormat } from './dates.js';
import { type NumberStyle, readDecimal, toPlainText, toUnits } from './decimal-text.js';

const cents = (text: string, style: NumberStyle = {}, round = false) => {
  const number = readDecimal(text, style);
  return number && toUnits(number, 2, round);
};

describe('Decimal text', () => {
  it('becomes minor units exactly, for every amount that a number holds', () => {
    holds(
      fc.property(
        fc.bigInt({ min: 0n, max: BigInt(Number.MAX_SAFE_INTEGER) }),
        fc.integer({ min: 0, max: 4 }),
        fc.nat(3),
        (units, decimals, zeros) => {
          const digits = String(units).padStart(decimals + 1, '0');
          const at = digits.length - decimals;
          const text = `${digits.slice(0, at)}.${digits.slice(at)}${'0'.repeat(zeros)}`;
          expect(toUnits(readDecimal(text)!, decimals)).toBe(Number(units));
        },
      ),
    );
  });

  it('is rounded half-even where that is asked for, like exact arithmetic', () => {
    holds(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 14n }), fc.integer({ min: 1, max: 6 }), (units, extra) => {
        const one = 10n ** BigInt(extra);
        const text = String(units).padStart(extra + 3, '0');
        const at = text.length - extra - 2;
        const twice = (units % one) * 2n;
        const whole = units / one;
        const expected = twice > one || (twice === one && whole % 2n === 1n) ? whole + 1n : whole;
        expect(cents(`${text.slice(0, at)}.${text.slice(at)}`, {}, true)).toBe(Number(expected));
      }),
    );
  });

  it.each([
    ['11.77', 1177],
    ['7', 700],
    ['.5', 50],
    ['5.', 500],
    ['+0.07', 7],
    ['0012.30', 1230],
    ['1.10000', 110],
    ['90071992547409.91', Number.MAX_SAFE_INTEGER],
  ])('reads %s', (text, expected) => expect(cents(text)).toBe(expected));

  it.each(['', '.', '-', '1e3', '1,5', '0x10', '1.2.3', '١', ' 1', 'NaN', '1 000'])('refuses %j', (text) =>
    expect(readDecimal(text)).toBeUndefined(),
  );

  it('refuses more decimals than there are minor units, unless they are zeros', () => {
    expect(cents('1.001')).toBe('too-many-decimals');
    expect(cents('90071992547409.92')).toBe('too-large');
  });

  it('reads other separators, and does not take a decimal comma for a group', () => {
    expect(cents('1.234.567,89', { groupSeparator: '.', decimalSeparator: ',' })).toBe(123456789);
    expect(cents('12,34,567.5', { groupSeparator: ',' })).toBe(123456750);
    expect(cents('1,5', { groupSeparator: ',' })).toBeUndefined();
    expect(cents('1.5', { decimalSeparator: ',' })).toBeUndefined();
  });

  it('reads implied decimals', () => {
    expect(cents('0001177', { impliedDecimals: 2 })).toBe(1177);
    expect(cents('11.77', { impliedDecimals: 2 })).toBeUndefined();
  });

  it('becomes plain text for a price', () => {
    expect(toPlainText(readDecimal('007.50')!)).toBe('7.50');
    expect(toPlainText(readDecimal('.1234560')!)).toBe('0.123456');
    expect(toPlainText(readDecimal('.1234567')!)).toBeUndefined();
  });
});

describe('Date text', () => {
  const read = (text: string, format = 'iso', zone = 'UTC') => {
    const answer = dateReader(format, zone)(text);
    return 'instant' in answer ? answer.instant : answer.problem;
  };

  it.each([
    ['19970101', 'yyyyMMdd', 'UTC', '1997-01-01T00:00:00Z'],
    ['7/9/2013', 'M/d/yyyy', 'UTC', '2013-07-09T00:00:00Z'],
    ['31.12.2020 23:59', 'dd.MM.yyyy HH:mm', 'UTC', '2020-12-31T23:59:00Z'],
    ['2020-02-29T08:15:00.250+07:00', 'iso', 'UTC', '2020-02-29T01:15:00.250Z'],
    ['2026-01-31 08:15', 'iso', 'Asia/Ho_Chi_Minh', '2026-01-31T01:15:00Z'],
    ['2026-01-31T08:15:00Z', 'iso', 'Asia/Ho_Chi_Minh', '2026-01-31T08:15:00Z'],
    ['2026-07-01', 'iso', 'America/New_York', '2026-07-01T04:00:00Z'],
    // Shown twice when clocks are put back: the earlier one.
    ['2026-10-25 02:30', 'iso', 'Europe/Berlin', '2026-10-25T00:30:00Z'],
  ])('%s as %s in %s is %s', (text, format, zone, expected) => expect(read(text, format, zone)).toBe(expected));

  it.each([
    ['19970231', 'yyyyMMdd', 'must be a day and a time that exist in the calendar'],
    ['1997-01-01', 'yyyyMMdd', 'must be a date as yyyyMMdd'],
    ['2026-01-01T25:00', 'iso', 'must be a day and a time that exist in the calendar'],
    ['', 'iso', 'must be a date as 2026-01-31 or 2026-01-31T08:15:00Z'],
  ])('refuses %j as %s', (text, format, problem) => expect(read(text, format)).toBe(problem));

  it('refuses a time over which clocks were put forward', () => {
    expect(read('2026-03-29 02:30', 'iso', 'Europe/Berlin')).toMatch(/must be a time that exists in Europe\/Berlin/);
  });

  it('knows a format from a typing error', () => {
    expect(['iso', 'yyyyMMdd', 'd.M.yyyy HH:mm:ss'].every(isDateFormat)).toBe(true);
    expect(['yyyymmdd', 'yyyyMM', 'DD/MM/yyyy', 'yyyyMMdddd', '', 7].some(isDateFormat)).toBe(false);
  });
});

describe('Checking data by the rules of its declaration', () => {
  const good = {
    customerId: 'b5f0c2f4-6a3e-5d0b-9c3e-6d1f0e7a9b21',
    currency: 'USD',
    externalOrderId: { system: 'shop', id: '1' },
    lines: [{ lineId: '1', kind: 'product', quantity: 1, total: 100 }],
    subtotal: 100,
    discount: 0,
    shipping: 0,
    tax: 0,
    total: 100,
  };

  it('answers the same data when they are right, without a copy', () => {
    expect(checked(CustomerPurchased, good as CustomerPurchased)).toBe(good);
  });

  it('refuses what parse refuses, in the same words', () => {
    const broken: object[] = [
      { ...good, currency: 'XXQ' },
      { ...good, extra: 1 },
      { ...good, total: -1 },
      { ...good, total: undefined },
      { ...good, lines: [] },
      { ...good, lines: [{ ...good.lines[0], quantity: 0 }] },
      { ...good, lines: [{ ...good.lines[0], name: 'a\0' }] },
      { ...good, lines: [{ ...good.lines[0], unitPrice: '1,5' }] },
      { ...good, externalOrderId: { system: 'shop' } },
      { ...good, channel: 'pigeon' },
    ];
    for (const data of broken) {
      const messageOf = (check: () => unknown) => {
        try {
          check();
        } catch (error) {
          return (error as Error).message;
        }
        return undefined;
      };
      const expected = messageOf(() => parse(CustomerPurchased, data));
      expect(expected).toBeDefined();
      expect(messageOf(() => checked(CustomerPurchased, data as CustomerPurchased))).toBe(expected);
    }
  });
});
