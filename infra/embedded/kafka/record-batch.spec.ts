import { crc32c } from './crc32c.js';
import {
  checkProduced,
  endTxnMarker,
  isAbortMarker,
  isIntact,
  placeBatch,
  readHeader,
  readRecords,
  withRecords,
} from './record-batch.js';
import { testBatch } from './spec-batch.js';

describe('CRC-32C', () => {
  it('is the Castagnoli sum, for lengths that are no multiple of eight too', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  });
});

describe('a record batch', () => {
  it('is refused when any one bit under its CRC is flipped (CORRUPT_MESSAGE, 2)', () => {
    const batch = testBatch([{ key: 'a', value: '1' }]);
    for (let bit = 17 * 8; bit < batch.length * 8; bit++) {
      const flipped = Buffer.from(batch);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => checkProduced(flipped)).toThrow(expect.objectContaining({ code: 2 }));
    }
  });

  it('is refused in another format (43), with another batch behind it (87) and cut short (2)', () => {
    const batch = testBatch([{ key: 'a', value: '1' }]);
    const old = Buffer.from(batch);
    old[16] = 1;
    expect(() => checkProduced(old)).toThrow(expect.objectContaining({ code: 43 }));
    expect(() => checkProduced(Buffer.concat([batch, batch]))).toThrow(expect.objectContaining({ code: 87 }));
    expect(() => checkProduced(batch.subarray(0, batch.length - 1))).toThrow(expect.objectContaining({ code: 2 }));
    expect(() => checkProduced(null)).toThrow(expect.objectContaining({ code: 2 }));
  });

  it('is refused as a control batch: those are the broker’s alone (87)', () => {
    expect(() => checkProduced(endTxnMarker(1, 0, true, 0))).toThrow(expect.objectContaining({ code: 87 }));
  });

  it('takes its place in the log without touching what the CRC covers', () => {
    const batch = testBatch([{ key: 'a', value: '1' }]);
    const before = Buffer.from(batch.subarray(16));
    placeBatch(batch, 4711);
    expect(readHeader(batch).baseOffset).toBe(4711);
    expect(batch.subarray(16)).toEqual(before);
  });

  it.each([0, 1] as const)('keeps its offsets when some of its records go (compression %i)', (compression) => {
    const records = [
      { key: 'a', value: '1' },
      { key: null, value: '2' },
      { key: 'c', value: null },
    ];
    const batch = testBatch(records, { compression });
    const header = readHeader(batch);
    const read = readRecords(batch, header);
    expect(read.map(({ key, value }) => [key?.toString(), value === null])).toEqual([
      ['a', false],
      [undefined, false],
      ['c', true],
    ]);
    const rest = withRecords(batch, header, [read[2]!]);
    expect(isIntact(rest)).toBe(true);
    expect(readHeader(rest)).toEqual({ ...header, count: 1 });
    expect(readRecords(rest, readHeader(rest)).map(({ offsetDelta }) => offsetDelta)).toEqual([2]);
  });

  it('ends a transaction as a control batch with its own CRC', () => {
    const marker = endTxnMarker(9, 3, false, 1234);
    expect(isIntact(marker)).toBe(true);
    expect(isAbortMarker(marker)).toBe(true);
    expect(isAbortMarker(endTxnMarker(9, 3, true, 1234))).toBe(false);
    expect(readHeader(marker)).toMatchObject({ control: true, transactional: true, producerId: 9, producerEpoch: 3 });
    expect(readRecords(marker, readHeader(marker))).toHaveLength(1);
  });
});
