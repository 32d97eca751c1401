import { gunzipSync, gzipSync } from 'node:zlib';
import { crc32c } from './crc32c.js';
import { ErrorCode, KafkaError } from './errors.js';

/** Where the fields of a record batch (magic 2) lie. The CRC covers everything from the attributes on. */
const AT = {
  baseOffset: 0,
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  count: 57,
  records: 61,
} as const;

const LOG_APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;

export const LEADER_EPOCH = 0;
export const COMPRESSION = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;

export interface BatchHeader {
  baseOffset: number;
  lastOffset: number;
  compression: number;
  transactional: boolean;
  control: boolean;
  baseTimestamp: number;
  maxTimestamp: number;
  producerId: number;
  producerEpoch: number;
  baseSequence: number;
  count: number;
}

/** One record of a batch. `raw` is the record as it stands there, its length included. */
export interface RecordView {
  raw: Buffer;
  offsetDelta: number;
  timestampDelta: number;
  key: Buffer | null;
  /** Null in a tombstone. */
  value: Buffer | null;
}

/** Reads the header of one batch without looking at its records. */
export function readHeader(batch: Buffer): BatchHeader {
  const attributes = batch.readInt16BE(AT.attributes);
  const baseOffset = Number(batch.readBigInt64BE(AT.baseOffset));
  return {
    baseOffset,
    lastOffset: baseOffset + batch.readInt32BE(AT.lastOffsetDelta),
    compression: attributes & 0x07,
    transactional: (attributes & TRANSACTIONAL) !== 0,
    control: (attributes & CONTROL) !== 0,
    baseTimestamp: Number(batch.readBigInt64BE(AT.baseTimestamp)),
    maxTimestamp: Number(batch.readBigInt64BE(AT.maxTimestamp)),
    producerId: Number(batch.readBigInt64BE(AT.producerId)),
    producerEpoch: batch.readInt16BE(AT.producerEpoch),
    baseSequence: batch.readInt32BE(AT.baseSequence),
    count: batch.readInt32BE(AT.count),
  };
}

/** Whether the batch is whole: its length and its CRC-32C fit its bytes. */
export function isIntact(batch: Buffer): boolean {
  return (
    batch.length >= AT.records &&
    batch.readInt32BE(AT.length) === batch.length - 12 &&
    batch.readUInt32BE(AT.crc) === crc32c(batch, AT.attributes)
  );
}

/**
 * Checks what a producer sent for one partition: exactly one whole record batch of magic 2.
 * @throws KafkaError with the code that Kafka answers.
 */
export function checkProduced(batch: Buffer | null): BatchHeader {
  if (batch && batch.length > AT.magic && batch.readInt8(AT.magic) !== 2)
    throw new KafkaError(ErrorCode.UNSUPPORTED_FOR_MESSAGE_FORMAT, 'Only record batches of magic 2 are stored.');
  if (!batch || batch.length < AT.records)
    throw new KafkaError(ErrorCode.CORRUPT_MESSAGE, 'The record batch is cut short.');
  if (batch.readInt32BE(AT.length) + 12 < batch.length)
    throw new KafkaError(ErrorCode.INVALID_RECORD, 'A produce request holds one record batch for each partition.');
  if (!isIntact(batch)) throw new KafkaError(ErrorCode.CORRUPT_MESSAGE, 'The CRC of the record batch does not match.');
  const header = readHeader(batch);
  if (header.control)
    throw new KafkaError(ErrorCode.INVALID_RECORD, 'Control batches are written by the broker alone.');
  if (header.count <= 0 || header.lastOffset - header.baseOffset !== header.count - 1)
    throw new KafkaError(ErrorCode.INVALID_RECORD, 'The batch does not hold as many records as its offsets say.');
  if (header.compression > COMPRESSION.zstd)
    throw new KafkaError(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE, 'The batch has an unknown compression.');
  return header;
}

/** Gives a batch its place in the log. Both fields lie outside the CRC, so the rest stays as it came. */
export function placeBatch(batch: Buffer, baseOffset: number) {
  batch.writeBigInt64BE(BigInt(baseOffset), AT.baseOffset);
  batch.writeInt32BE(LEADER_EPOCH, AT.leaderEpoch);
}

/** Stamps a batch with the broker's clock (`message.timestamp.type=LogAppendTime`). */
export function stampAppendTime(batch: Buffer, now: number) {
  batch.writeInt16BE(batch.readInt16BE(AT.attributes) | LOG_APPEND_TIME, AT.attributes);
  batch.writeBigInt64BE(BigInt(now), AT.maxTimestamp);
  batch.writeUInt32BE(crc32c(batch, AT.attributes), AT.crc);
}

/** Whether this broker can look into the batch's records. */
export function isReadable(header: BatchHeader): boolean {
  return header.compression === COMPRESSION.none || header.compression === COMPRESSION.gzip;
}

/** The records of a batch that is uncompressed or gzipped. */
export function readRecords(batch: Buffer, header: BatchHeader): RecordView[] {
  const packed = batch.subarray(AT.records);
  const bytes = header.compression === COMPRESSION.gzip ? gunzipSync(packed) : packed;
  const records: RecordView[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('A record ends in the middle of a number.');
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      factor *= 128;
    }
  };
  for (let i = 0; i < header.count; i++) {
    const start = at;
    const length = varint();
    const end = at + length;
    if (length < 0 || end > bytes.length) throw new RangeError('A record is longer than its batch.');
    at++; // the record's attributes, unused
    const timestampDelta = varint();
    const offsetDelta = varint();
    const field = () => {
      const size = varint();
      if (size < 0) return null;
      at += size;
      if (at > end) throw new RangeError('A record is longer than it says.');
      return bytes.subarray(at - size, at);
    };
    records.push({ raw: bytes.subarray(start, end), offsetDelta, timestampDelta, key: field(), value: field() });
    at = end;
  }
  return records;
}

/** The batch with only these of its records: offsets, timestamps and compression stay, count and CRC are new. */
export function withRecords(batch: Buffer, header: BatchHeader, kept: readonly RecordView[]): Buffer {
  const plain = Buffer.concat(kept.map((record) => record.raw));
  const packed = header.compression === COMPRESSION.gzip ? gzipSync(plain) : plain;
  const rewritten = Buffer.concat([batch.subarray(0, AT.records), packed]);
  rewritten.writeInt32BE(rewritten.length - 12, AT.length);
  rewritten.writeInt32BE(kept.length, AT.count);
  rewritten.writeUInt32BE(crc32c(rewritten, AT.attributes), AT.crc);
  return rewritten;
}

/** The control batch that ends a producer's transaction on one partition. */
export function endTxnMarker(producerId: number, epoch: number, commit: boolean, now: number): Buffer {
  // One record of 16 bytes: attributes, deltas 0 and 0, a key of 4 bytes, a value of 6, no headers.
  const batch = Buffer.alloc(AT.records + 17);
  batch.writeInt32BE(batch.length - 12, AT.length);
  batch.writeInt8(2, AT.magic);
  batch.writeInt16BE(TRANSACTIONAL | CONTROL, AT.attributes);
  batch.writeBigInt64BE(BigInt(now), AT.baseTimestamp);
  batch.writeBigInt64BE(BigInt(now), AT.maxTimestamp);
  batch.writeBigInt64BE(BigInt(producerId), AT.producerId);
  batch.writeInt16BE(epoch, AT.producerEpoch);
  batch.writeInt32BE(-1, AT.baseSequence);
  batch.writeInt32BE(1, AT.count);
  const record = AT.records;
  batch[record] = 16 << 1;
  batch[record + 4] = 4 << 1;
  batch.writeInt16BE(commit ? 1 : 0, record + 7); // after the key's version 0
  batch[record + 9] = 6 << 1; // the value: version 0 and coordinator epoch 0
  batch.writeUInt32BE(crc32c(batch, AT.attributes), AT.crc);
  return batch;
}

/** Whether a control batch ends its transaction with an abort. */
export function isAbortMarker(batch: Buffer): boolean {
  return batch.readInt16BE(AT.records + 7) === 0;
}
