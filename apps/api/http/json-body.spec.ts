import { MalformedBody, parseJsonBody } from './json-body.js';

const parse = (text: string) => parseJsonBody(Buffer.from(text));
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('a JSON body', () => {
  it.each([
    '{}',
    '[]',
    '"text"',
    '1',
    'null',
    '{"a":{"b":[{"a":1}]},"b":"a"}',
    '{"a":"{\\"a\\":1,\\"a\\":2}"}',
    '"\\\\"',
  ])('is read as it says: %s', (text) => {
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  it('keeps text exactly as it is: composed, decomposed, beyond the basic plane, escaped', () => {
    const text = 'é e\u0301 😀 \u202e \ufeff "\\/\b\t\u2028';
    expect(parseJsonBody(Buffer.from(JSON.stringify({ text })))).toEqual({ text });
  });

  it.each(['', ' ', '{', '{"a":1,}', "{'a':1}", '{"a":01}', '{"a":NaN}', 'undefined', '{}{}', '// {}', '\u00a0{}'])(
    'that is no JSON is refused: %j',
    (text) => {
      expect(() => parse(text)).toThrow(MalformedBody);
    },
  );

  it.each([
    [[0x22, 0xff, 0x22]],
    [[0x22, 0xc0, 0x80, 0x22]],
    [[0x22, 0xed, 0xa0, 0x80, 0x22]],
    [[0xff, 0xfe, 0x7b, 0]],
  ])('that is no UTF-8 is refused, not mended: %j', (bytes) => {
    expect(() => parseJsonBody(Buffer.from(bytes))).toThrow(MalformedBody);
  });

  it('may be nested 32 levels deep and no deeper, however deep it is', () => {
    expect(() => parse(nested(32))).not.toThrow();
    for (const depth of [33, 500_000]) expect(() => parse(nested(depth))).toThrow('deeper than 32 levels');
    expect(() => parse(`${'{"a":'.repeat(33)}1${'}'.repeat(33)}`)).toThrow('deeper than 32 levels');
  });

  it.each(['__proto__', 'constructor', 'prototype', '\\u005f_proto__'])('has no key %s, at no depth', (key) => {
    expect(() => parse(`{"${key}":{"admin":true}}`)).toThrow(MalformedBody);
    expect(() => parse(`{"a":[{"${key}":1}]}`)).toThrow(MalformedBody);
    expect(parse(`{"a":"${key}"}`)).toEqual({ a: JSON.parse(`"${key}"`) });
  });

  it.each(['{"a":1,"a":1}', '{"a":1,"b":{},"\\u0061":2}', '[{"b":{"a":1,"a":2}}]', '{"":1,"":2}'])(
    'has no key twice in one object: %s',
    (text) => {
      expect(() => parse(text)).toThrow('twice in one object');
    },
  );

  it('of a mebibyte is read in a moment, whatever it is made of', () => {
    const pieces = ['\\"', '\\\\', ':', '{}', 'x', '"":"",'].map((piece) => piece.repeat(1_000_000 / piece.length));
    const start = performance.now();
    for (const piece of pieces) parse(JSON.stringify({ piece }));
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
