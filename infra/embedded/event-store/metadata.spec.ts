import { isSoftDeleted, lowerBound, parseMetadata, SOFT_DELETED_METADATA, withTruncateBefore } from './metadata.js';

const parse = (value: unknown) => parseMetadata(Buffer.from(JSON.stringify(value)));

describe('stream metadata', () => {
  it('reads the three limits', () => {
    expect(parse({ $maxCount: 3, $maxAge: 60, $tb: 7 })).toEqual({ maxCount: 3, maxAgeSeconds: 60, truncateBefore: 7 });
  });

  it.each([{ $maxCount: 0, $maxAge: 0, $tb: -1 }, { $maxCount: '3', $maxAge: 1.5, $tb: null }, [], 'text', null])(
    'ignores values that make no sense: %j',
    (value) => {
      expect(parse(value)).toEqual({});
    },
  );

  it('ignores data that is not JSON', () => {
    expect(parseMetadata(Buffer.from('{'))).toEqual({});
  });

  it('takes the higher of $tb and last - $maxCount + 1 as lower bound', () => {
    expect(lowerBound({ maxCount: 3 }, 9)).toBe(7);
    expect(lowerBound({ maxCount: 3, truncateBefore: 8 }, 9)).toBe(8);
    expect(lowerBound({ maxCount: 30 }, 9)).toBe(0);
  });

  it('knows a soft delete by its $tb', () => {
    expect(isSoftDeleted(parseMetadata(SOFT_DELETED_METADATA))).toBe(true);
    expect(isSoftDeleted({ truncateBefore: Number.MAX_SAFE_INTEGER })).toBe(false);
  });

  it('keeps the other keys when it sets $tb', () => {
    const changed = withTruncateBefore(Buffer.from('{"$maxCount":3,"own":"x","$tb":1}'), 5);
    expect(JSON.parse(changed.toString())).toEqual({ $maxCount: 3, own: 'x', $tb: 5 });
  });
});
