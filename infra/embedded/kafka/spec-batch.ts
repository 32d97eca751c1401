import { gzipSync } from 'node:zlib';
import { crc32c } from './crc32c.js';

interface BatchOptions {
  compression?: number;
  producerId?: number;
  epoch?: number;
  sequence?: number;
  transactional?: boolean;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value < 0 ? -value * 2 - 1 : value * 2;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

function text(value: string | null): Buffer {
  return value === null ? varint(-1) : Buffer.concat([varint(Buffer.byteLength(value)), Buffer.from(value)]);
}

/** A record batch as a producer would send it, for specs that need one byte for byte. */
export function testBatch(
  records: { key: string | null; value: string | null }[],
  { compression = 0, producerId = -1, epoch = -1, sequence = -1, transactional = false }: BatchOptions = {},
): Buffer {
  const plain = Buffer.concat(
    records.map(({ key, value }, i) => {
      const record = Buffer.concat([Buffer.from([0]), varint(0), varint(i), text(key), text(value), varint(0)]);
      return Buffer.concat([varint(record.length), record]);
    }),
  );
  const batch = Buffer.concat([Buffer.alloc(61), compression === 1 ? gzipSync(plain) : plain]);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt8(2, 16);
  batch.writeInt16BE(compression | (transactional ? 0x10 : 0), 21);
  batch.writeInt32BE(records.length - 1, 23);
  batch.writeBigInt64BE(1000n, 27);
  batch.writeBigInt64BE(1000n, 35);
  batch.writeBigInt64BE(BigInt(producerId), 43);
  batch.writeInt16BE(epoch, 51);
  batch.writeInt32BE(sequence, 53);
  batch.writeInt32BE(records.length, 57);
  batch.writeUInt32BE(crc32c(batch, 21), 17);
  return batch;
}
