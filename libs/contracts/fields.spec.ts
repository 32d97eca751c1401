import {
  Amount,
  BusinessDay,
  Code,
  Codes,
  Count,
  Currency,
  Decimal,
  Flag,
  Id,
  Instant,
  ListOf,
  Nested,
  NumberBetween,
  Optional,
  SystemName,
  Text,
  Texts,
} from './fields.js';
import { type InvalidField, InvalidFields, parse } from './validation.js';

class Item {
  @Count(1) quantity!: number;
}

class Record_ {
  @Text(10) text!: string;
  @SystemName() system!: string;
  @Id() id!: string;
  @Code(['one', 'two']) code!: string;
  @Codes(['one', 'two']) codes!: string[];
  @Instant() instant!: string;
  @BusinessDay() day!: string;
  @Currency() currency!: string;
  @Amount() amount!: number;
  @Count(1) count!: number;
  @NumberBetween(-1, 1) number!: number;
  @Flag() flag!: boolean;
  @Decimal() decimal!: string;
  @Nested(() => Item) nested!: Item;
  @ListOf(() => Item, { least: 1, most: 2 }) list!: Item[];
  @Texts(3, 2) texts!: string[];
  @Optional() @Text() optional?: string;
  @Optional() @Nested(() => Item) optionalNested?: Item;
}

const good = {
  text: 'as given',
  system: 'cdnow',
  id: '0190b6f0-0000-7000-8000-000000000001',
  code: 'one',
  codes: ['two', 'one'],
  instant: '2026-01-31T08:15:00Z',
  day: '2024-02-29',
  currency: 'USD',
  amount: 0,
  count: 1,
  number: 0.5,
  flag: false,
  decimal: '12.50',
  nested: { quantity: 1 },
  list: [{ quantity: 1 }, { quantity: 2 }],
  texts: ['a', 'abc'],
};

function refusal(change: object): InvalidField[] {
  try {
    parse(Record_, { ...good, ...change });
  } catch (error) {
    if (error instanceof InvalidFields) return error.fields;
    throw error;
  }
  throw new Error(`${JSON.stringify(change)} was not refused.`);
}

/** What is wrong for a field of any kind but the one given. */
const WRONG = { number: 7, text: 'x y', list: [[]], object: {}, flag: true };
const wrong = (...but: (keyof typeof WRONG)[]) =>
  Object.entries(WRONG).flatMap(([kind, value]) => (but.some((allowed) => allowed === kind) ? [] : [value]));

describe('a field', () => {
  it.each<[keyof typeof good, unknown[]]>([
    ['text', ['a', ' ', '1234567890', 'e\u0301', 'é', '<b>', '😀😀😀😀😀']],
    ['system', ['a', 'CRM.v2_x-1']],
    ['id', ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff']],
    ['code', ['two']],
    ['codes', [['one'], ['one', 'two']]],
    ['instant', ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999999999Z', '2024-02-29T00:00:00.1Z']],
    ['day', ['0001-01-01', '9999-12-31', '2000-02-29']],
    ['currency', ['EUR', 'VND', 'JPY']],
    ['amount', [1, 10000000000000]],
    ['count', [9007199254740991]],
    ['number', [-1, 1, 0]],
    ['flag', [true]],
    ['decimal', ['0', '000.1', '123456789012345.123456']],
    ['list', [[{ quantity: 1 }]]],
    ['texts', [['x']]],
  ])('%s keeps what its rule allows exactly as given', (field, values) => {
    for (const value of values) {
      const record = parse(Record_, { ...good, [field]: value });
      expect(JSON.stringify(record[field])).toBe(JSON.stringify(value));
    }
  });

  it.each<[keyof typeof good, string, unknown[]]>([
    ['text', 'text', [...wrong('text'), '', '12345678901', 'a\0b', '\ud800', 'x\udc00y']],
    ['system', 'systemName', [...wrong(), '', 'a:b', 'é', 'x'.repeat(65), 'a\n']],
    ['id', 'uuid', [...wrong(), '', '0190B6F0-0000-7000-8000-000000000001', '0190b6f0000070008000000000000001']],
    ['code', 'code', [...wrong(), '', 'One', ['one'], 'toString']],
    ['codes', 'codes', [...wrong(), [], 'one', ['one', 'one'], ['one', 'three'], ['one', 'two', 'one'], [null]]],
    [
      'instant',
      'instant',
      [
        ...wrong(),
        '2026-01-31',
        '2026-01-31T08:15:00',
        '2026-01-31T08:15:00+00:00',
        '2026-01-31T08:15:00z',
        '2026-02-30T08:15:00Z',
        '2026-01-31T24:00:00Z',
        '2026-01-31T23:59:60Z',
        '2026-01-31T08:15:00.1234567890Z',
        '2026-01-31T08:15:00Z\n',
        '0000-01-01T00:00:00Z',
        '+12026-01-31T08:15:00Z',
        1769847300000,
      ],
    ],
    [
      'day',
      'businessDay',
      [...wrong(), '2026-02-29', '2026-13-01', '2026-1-1', '0000-12-31', '2026-01-01Z', '20260101'],
    ],
    ['currency', 'currency', [...wrong(), 'usd', 'US', 'XYZ', '$']],
    ['amount', 'amount', [...wrong('number'), -1, 0.5, 2 ** 53, Number.POSITIVE_INFINITY, Number.NaN, '5', 5n]],
    ['count', 'count', [...wrong('number'), 0, 1.5, 2 ** 53, Number.POSITIVE_INFINITY, '5']],
    ['number', 'numberBetween', [...wrong(), -1.01, 1.01, Number.POSITIVE_INFINITY, Number.NaN, '0']],
    ['flag', 'flag', [...wrong('flag'), 'true', 0, 1]],
    ['decimal', 'decimal', [...wrong(), 12.5, '-1', '1.', '.5', '1e3', '1.1234567', '1234567890123456', '1,5', ' 1']],
    ['nested', 'object', [...wrong('object'), [{ quantity: 1 }], []]],
    ['list', 'list', [...wrong(), [], good.nested, [null], [[{ quantity: 1 }]], ['x'], Array(3).fill({ quantity: 1 })]],
    ['texts', 'texts', [...wrong(), [], 'a', [''], ['four'], ['a', 'b', 'c'], [null], [1], ['\0']]],
  ])('%s is refused by one rule, %s, in one sentence that names it and says what it must be', (field, rule, values) => {
    for (const value of [...values, null, undefined]) {
      expect([value, refusal({ [field]: value })]).toEqual([
        value,
        [{ field, rule, message: expect.stringMatching(new RegExp(`^${field} must be .*[^.; ]$`)) }],
      ]);
    }
  });

  it('may be left out where it is optional, and null counts as left out: nothing of it remains', () => {
    const record = parse(Record_, { ...good, optional: null, optionalNested: null });
    expect(Object.keys(record)).toEqual(Object.keys(good));
    expect(JSON.stringify(record)).toBe(JSON.stringify(parse(Record_, good)));
  });

  it('that is optional is still held to its rule when it is there', () => {
    expect(refusal({ optional: '' })).toMatchObject([{ field: 'optional', rule: 'text' }]);
    expect(refusal({ optionalNested: [] })).toMatchObject([{ field: 'optionalNested', rule: 'object' }]);
  });

  it('of a nested object is named by its path', () => {
    expect(refusal({ nested: { quantity: '1' }, list: [{ quantity: 1 }, { quantity: 0 }] })).toEqual([
      {
        field: 'nested.quantity',
        rule: 'count',
        message: 'nested.quantity must be a whole number from 1 to 9007199254740991',
      },
      {
        field: 'list.1.quantity',
        rule: 'count',
        message: 'list.1.quantity must be a whole number from 1 to 9007199254740991',
      },
    ]);
  });

  it.each(['surprise', 'toString', 'hasOwnProperty', 'valueOf', '', 'then', 'text '])(
    'that is not declared is refused, be it named %j',
    (name) => {
      const unknown = (field: string) => {
        return { field, rule: 'unknown', message: `${field} is not a field of this: leave it out` };
      };
      expect(refusal({ [name]: 1 })).toEqual([unknown(name)]);
      expect(refusal({ nested: { quantity: 1, [name]: null } })).toEqual([unknown(`nested.${name}`)]);
      expect(refusal({ list: [{ quantity: 1, [name]: {} }] })).toEqual([unknown(`list.0.${name}`)]);
    },
  );
});

describe('a document', () => {
  it.each([[null], [undefined], [[]], ['text'], [1], [true]])('that is %j is no object and is refused', (document) => {
    expect(() => parse(Record_, document)).toThrow(
      new InvalidFields([{ field: '', rule: 'object', message: 'It must be a JSON object' }]),
    );
  });

  it('is told of all of its broken rules at once', () => {
    expect(refusal({ text: '', amount: -1, nested: { quantity: 0 }, more: 1 }).map(({ field }) => field)).toEqual([
      'more',
      'text',
      'amount',
      'nested.quantity',
    ]);
  });

  it('with a huge list is refused without looking through it, and with many wrong fields by the first fifty', () => {
    expect(refusal({ list: Array(500_000).fill({}) })).toHaveLength(1);
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`field${index}`, 1]));
    expect(refusal(many)).toHaveLength(50);
  });

  it('with an unknown field of an enormous name is answered by its beginning', () => {
    expect(refusal({ ['x'.repeat(1_000_000)]: 1 })[0]!.field).toHaveLength(100);
  });
});

describe('a class that extends another', () => {
  class Inner {
    @Text(3) id!: string;
  }
  class Parent {
    @Nested(() => Inner) inner!: Inner;
  }
  class Child extends Parent {
    @Optional() @Text(3) more?: string;
  }

  it('took any nested object, because only those declared by itself were looked into', () => {
    expect(() => parse(Child, { inner: { id: 'long' } })).toThrow('inner.id');
  });
});
