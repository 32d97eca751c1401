import { Producers, sequenceAfter } from './producers.js';
import { readHeader } from './record-batch.js';
import { testBatch } from './spec-batch.js';
import type { Store } from './store.js';

const store = { putState: () => {}, removeState: () => {} } as unknown as Store;
const batch = (sequence: number, options: { epoch?: number; count?: number; transactional?: boolean } = {}) =>
  readHeader(
    testBatch(
      Array.from({ length: options.count ?? 1 }, () => ({ key: 'k', value: 'v' })),
      { producerId: 7, sequence, epoch: options.epoch ?? 0, transactional: options.transactional ?? false },
    ),
  );

describe('the producers of a partition', () => {
  let producers: Producers;
  const append = (header: ReturnType<typeof batch>, offset: number) => {
    expect(producers.check(header)).toBeNull();
    producers.appended(header, offset, 0);
  };

  beforeEach(() => {
    producers = new Producers(store, 1, 0, []);
  });

  it('answer each of the last five batches with the offset it has', () => {
    for (let i = 0; i < 5; i++) append(batch(i * 10, { count: 10 }), i * 10);
    for (let i = 0; i < 5; i++) expect(producers.check(batch(i * 10, { count: 10 }))).toBe(i * 10);
  });

  it('refuse a batch that is older than the last five, and a gap (OUT_OF_ORDER_SEQUENCE_NUMBER, 45)', () => {
    for (let i = 0; i < 6; i++) append(batch(i), i);
    expect(() => producers.check(batch(0))).toThrow(expect.objectContaining({ code: 45 }));
    expect(() => producers.check(batch(7))).toThrow(expect.objectContaining({ code: 45 }));
    expect(() => producers.check(batch(5, { count: 2 }))).toThrow(expect.objectContaining({ code: 45 }));
    expect(producers.check(batch(6))).toBeNull();
  });

  it('refuse an older epoch (INVALID_PRODUCER_EPOCH, 47); a newer one starts at sequence 0', () => {
    append(batch(0, { epoch: 1 }), 0);
    expect(() => producers.check(batch(1, { epoch: 0 }))).toThrow(expect.objectContaining({ code: 47 }));
    expect(() => producers.check(batch(1, { epoch: 2 }))).toThrow(expect.objectContaining({ code: 45 }));
    expect(producers.check(batch(0, { epoch: 2 }))).toBeNull();
  });

  it('count sequences from 2^31 - 1 on to 0', () => {
    expect(sequenceAfter(2 ** 31 - 1, 1)).toBe(0);
    append(batch(2 ** 31 - 2, { count: 3 }), 0);
    expect(producers.check(batch(1))).toBeNull();
  });

  it('know the oldest open transaction, and take no plain batch inside one (INVALID_TXN_STATE, 48)', () => {
    append(batch(0, { transactional: true }), 3);
    append(batch(1, { transactional: true }), 4);
    expect(producers.firstOpenOffset).toBe(3);
    expect(() => producers.check(batch(2))).toThrow(expect.objectContaining({ code: 48 }));
    expect(producers.ended(7, 0, 0)).toBe(3);
    expect(producers.firstOpenOffset).toBeNull();
    append(batch(2), 6);
  });

  it('are fenced by a marker with a newer epoch', () => {
    append(batch(0, { transactional: true }), 0);
    producers.ended(7, 1, 0);
    expect(() => producers.check(batch(1, { transactional: true }))).toThrow(expect.objectContaining({ code: 47 }));
  });

  it('are the same after a restart', () => {
    const saved = new Map<string, string>();
    const saving = {
      putState: (key: string, state: object) => saved.set(key, JSON.stringify(state)),
    } as unknown as Store;
    producers = new Producers(saving, 1, 0, []);
    append(batch(0, { transactional: true }), 5);
    const again = new Producers(
      store,
      1,
      0,
      [...saved.values()].map((state) => JSON.parse(state)),
    );
    expect(again.check(batch(0, { transactional: true }))).toBe(5);
    expect(again.firstOpenOffset).toBe(5);
  });
});
