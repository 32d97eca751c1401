import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Message } from 'kafkajs';

const crc32c: (bytes: Buffer) => number = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/crc32C');

/** What stands in the head of a batch. */
export interface BatchHead {
  transactional: boolean;
  producerId: bigint;
  producerEpoch: number;
  firstSequence: number;
}

type Text = string | Buffer;
type Header = [key: string, value: Text];

/** A record with the length of its parts: each is written once they are all known. */
interface SizedRecord {
  message: Message;
  timestampDelta: number;
  headers: Header[];
  length: number;
}

/** Bytes before the records. */
const HEAD_LENGTH = 61;
const TRANSACTIONAL = 16;
const GZIPPED = 1;
/** JSON with the same names again and again: higher levels take much longer for little. */
const GZIP_LEVEL = 1;
const MAGIC = 2;
/** Offset, length and leader epoch, magic and the sum itself stand before what is summed. */
const SUMMED_FROM = 21;

/** A record batch of Kafka's format 2, uncompressed, in one buffer. */
export function encodeRecordBatch(messages: Message[], head: BatchHead): Buffer {
  const now = Date.now();
  const times = messages.map(({ timestamp }) => (timestamp === undefined ? now : Number(timestamp)));
  const first = times.reduce((low, time) => Math.min(low, time), Number.POSITIVE_INFINITY);
  const last = times.reduce((high, time) => Math.max(high, time), 0);
  const records = messages.map((message, index) => sized(message, times[index]! - first, index));
  const length = records.reduce((sum, record) => sum + varintLength(record.length) + record.length, HEAD_LENGTH);
  const into = Buffer.allocUnsafe(length);
  into.writeBigInt64BE(0n, 0);
  into.writeInt32BE(length - 12, 8);
  into.writeInt32BE(0, 12);
  into[16] = MAGIC;
  into.writeInt16BE(head.transactional ? TRANSACTIONAL : 0, 21);
  into.writeInt32BE(records.length - 1, 23);
  into.writeBigInt64BE(BigInt(first), 27);
  into.writeBigInt64BE(BigInt(last), 35);
  into.writeBigInt64BE(head.producerId, 43);
  into.writeInt16BE(head.producerEpoch, 51);
  into.writeInt32BE(head.firstSequence, 53);
  into.writeInt32BE(records.length, 57);
  let at = HEAD_LENGTH;
  for (const [index, record] of records.entries()) at = writeRecord(into, at, record, index);
  into.writeUInt32BE(crc32c(into.subarray(SUMMED_FROM)), 17);
  return into;
}

/** The same batch with its records compressed, off this thread. */
export async function gzipRecordBatch(batch: Buffer): Promise<Buffer> {
  const records = await promisify(gzip)(batch.subarray(HEAD_LENGTH), { level: GZIP_LEVEL });
  const compressed = Buffer.concat([batch.subarray(0, HEAD_LENGTH), records]);
  compressed.writeInt32BE(compressed.length - 12, 8);
  compressed.writeInt16BE(compressed.readInt16BE(21) | GZIPPED, 21);
  compressed.writeUInt32BE(crc32c(compressed.subarray(SUMMED_FROM)), 17);
  return compressed;
}

function sized(message: Message, timestampDelta: number, offsetDelta: number): SizedRecord {
  const headers = headersOf(message);
  let length = 1 + varintLength(timestampDelta) + varintLength(offsetDelta);
  length += fieldLength(message.key) + fieldLength(message.value) + varintLength(headers.length);
  for (const [key, value] of headers) length += fieldLength(key) + fieldLength(value);
  return { message, timestampDelta, headers, length };
}

function headersOf({ headers }: Message): Header[] {
  const all: Header[] = [];
  for (const key in headers) {
    const value = headers[key]!;
    if (Array.isArray(value)) for (const one of value) all.push([key, one]);
    else all.push([key, value]);
  }
  return all;
}

function writeRecord(into: Buffer, start: number, record: SizedRecord, offsetDelta: number): number {
  const { message, timestampDelta, headers, length } = record;
  let at = writeVarint(into, start, length);
  into[at++] = 0;
  at = writeVarint(into, at, timestampDelta);
  at = writeVarint(into, at, offsetDelta);
  at = writeField(into, at, message.key);
  at = writeField(into, at, message.value);
  at = writeVarint(into, at, headers.length);
  for (const [key, value] of headers) at = writeField(into, writeField(into, at, key), value);
  return at;
}

function fieldLength(value: Text | null | undefined): number {
  if (value === null || value === undefined) return 1;
  const length = Buffer.byteLength(value);
  return varintLength(length) + length;
}

/** Its length, -1 for nothing, and its bytes. */
function writeField(into: Buffer, at: number, value: Text | null | undefined): number {
  if (value === null || value === undefined) return writeVarint(into, at, -1);
  const length = Buffer.byteLength(value);
  const start = writeVarint(into, at, length);
  if (typeof value === 'string') into.write(value, start, 'utf8');
  else value.copy(into, start);
  return start + length;
}

/** How many bytes a number takes as a zigzag varint: those that are near to zero are short, whatever their sign. */
function varintLength(value: number): number {
  let length = 1;
  for (let rest = zigzag(value); rest >= 128; rest = Math.floor(rest / 128)) length++;
  return length;
}

function writeVarint(into: Buffer, start: number, value: number): number {
  let at = start;
  let rest = zigzag(value);
  while (rest >= 128) {
    into[at++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  into[at++] = rest;
  return at;
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}
