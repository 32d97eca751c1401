import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { holds } from '#testing/property.js';
import { isRight } from './checks.js';
import { Amount, Code, Codes, Instant, ListOf, Optional, Text } from './fields.js';
import { InvalidFields, parse } from './validation.js';

class Line {
  @Text(5) name!: string;
}

class Flat {
  @Text(5) name!: string;
  @Code(['a', 'b']) code!: string;
  @Optional() @Codes(['a', 'b']) codes?: string[];
  @Optional() @Amount() amount?: number;
  @Optional() @Instant() at?: string;
}

class Order extends Flat {
  @ListOf(() => Line) lines!: Line[];
}

const fields = {
  name: fc.constantFrom('Hoa', '', 'longer', 1, null, undefined),
  code: fc.constantFrom('a', 'c', ['a'], undefined),
  codes: fc.constantFrom(['a'], ['a', 'a'], [], null, undefined),
  amount: fc.constantFrom(1, -1, 1.5, '1', undefined),
  at: fc.constantFrom('2026-06-15T10:00:00Z', '2026-02-30T10:00:00Z', undefined),
};

describe('the compiled rules of a class', () => {
  it('take and refuse what class-validator does', () => {
    holds(
      fc.property(fc.record(fields), (data) => {
        const refused = validateSync(Object.assign(new Flat(), data), { forbidUnknownValues: false }).length > 0;
        expect(isRight(Flat, data)).toBe(!refused);
      }),
    );
  });

  it('look into lists and refuse fields that nobody declared', () => {
    const order = { name: 'Hoa', code: 'a', lines: [{ name: 'one' }] };
    expect(isRight(Order, order)).toBe(true);
    expect(isRight(Order, { ...order, lines: [{ name: 'longer' }] })).toBe(false);
    expect(isRight(Order, { ...order, lines: [{ name: 'one', other: 1 }] })).toBe(false);
    expect(isRight(Order, { ...order, other: 1 })).toBe(false);
  });

  it('make the same instance as is made of what went through class-validator: null is left out', () => {
    const parsed = parse(Order, { name: 'Hoa', code: 'a', codes: null, lines: [{ name: 'one' }] });
    expect(parsed).toEqual(Object.assign(new Order(), { name: 'Hoa', code: 'a', lines: [{ name: 'one' }] }));
    expect([parsed, parsed.lines[0]].map((made) => made?.constructor)).toEqual([Order, Line]);
    expect(parsed).not.toHaveProperty('codes');
    expect(() => parse(Order, { name: 'Hoa', code: 'a', lines: [] })).toThrow(InvalidFields);
  });
});
