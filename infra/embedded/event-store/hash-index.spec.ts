import {
  type Buckets,
  bucketCount,
  decodeBucket,
  type Entry,
  encodeBucket,
  hashOf,
  insert,
  lookUp,
} from './hash-index.js';

describe('hash index', () => {
  const stored = new Map<number, Buffer>([[0, encodeBucket([])]]);
  const buckets: Buckets = {
    load: (bucket) => decodeBucket(stored.get(bucket)!),
    save: (bucket: number, entries: Entry[]) => void stored.set(bucket, encodeBucket(entries)),
  };
  const count = 5000;
  beforeAll(() => {
    for (let value = 0; value < count; value++) insert(buckets, value, { hash: hashOf(`key ${value}`), value });
  });

  it('finds everything that was inserted, through every growth', () => {
    for (let value = 0; value < count; value++)
      expect(lookUp((bucket) => stored.get(bucket)!, count, hashOf(`key ${value}`))).toContain(value);
  });

  it('finds nothing that was not inserted', () => {
    expect(lookUp((bucket) => stored.get(bucket)!, count, hashOf('another key'))).toEqual([]);
  });

  it('has every bucket that its number of entries asks for, and no other', () => {
    expect([...stored.keys()].sort((a, b) => a - b)).toEqual([...Array(bucketCount(count)).keys()]);
  });

  it('keeps all values of one hash, oldest first', () => {
    const one = new Map<number, Entry[]>([[0, []]]);
    const table: Buckets = { load: (b) => one.get(b)!, save: (b, entries) => void one.set(b, entries) };
    insert(table, 0, { hash: 7, value: 1 });
    insert(table, 1, { hash: 7, value: 2 });
    expect(lookUp((b) => encodeBucket(one.get(b)!), 2, 7)).toEqual([1, 2]);
  });
});
