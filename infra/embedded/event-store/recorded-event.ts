import { bytesFieldLength, varintLength, writeBytesField, writeVarint } from './wire.js';

/** An event as it was proposed: nothing of its place in a stream or in the log is known yet. */
export interface ProposedEvent {
  /** Canonical lower-case UUID text. */
  id: string;
  type: string;
  contentType: string;
  metadata: Uint8Array;
  data: Uint8Array;
}

export interface RecordedEvent {
  id: string;
  stream: string;
  /** {@link DELETED_REVISION} for the tombstone. */
  revision: number;
  position: number;
  type: string;
  contentType: string;
  /** 100 ns ticks since the Unix epoch, decimal. */
  created: string;
  data: Buffer;
}

/** The revision of `$streamDeleted` and the `$tb` of a soft-deleted stream: 2^63 - 1, as near as a double comes. */
export const DELETED_REVISION = 2 ** 63;
const NOTHING = Buffer.alloc(0);
const DELETED_VARINT = Buffer.from('ffffffffffffffff7f', 'hex');

/** Bytes that the id takes at the start of a record: always the text form, so its place is fixed. */
export const ID_FIELD_LENGTH = 40;

const TYPE_KEY = Buffer.from('\x0a\x04type');
const CONTENT_TYPE_KEY = Buffer.from('\x0a\x0ccontent-type');
const CREATED_KEY = Buffer.from('\x0a\x07created');

function numberFieldLength(value: number): number {
  return 1 + (value === DELETED_REVISION ? DELETED_VARINT.length : varintLength(value));
}

function writeNumberField(into: Buffer, at: number, tag: number, value: number): number {
  into[at] = tag;
  if (value !== DELETED_REVISION) return writeVarint(into, at + 1, value);
  return at + 1 + DELETED_VARINT.copy(into, at + 1);
}

/** The length of a text within a field that holds nothing else but `before`. */
function wrappedLength(before: number, text: number): number {
  return bytesFieldLength(before + bytesFieldLength(text));
}

/** A text in a message of its own, after the bytes `before`. */
function writeWrapped(into: Buffer, at: number, tag: number, before: Buffer, textTag: number, text: Text): number {
  into[at] = tag;
  let offset = writeVarint(into, at + 1, before.length + bytesFieldLength(text.length));
  if (before.length) offset += before.copy(into, offset);
  into[offset] = textTag;
  offset = writeVarint(into, offset + 1, text.length);
  return offset + into.write(text.value, offset, 'utf8');
}

interface Text {
  value: string;
  length: number;
}

function textOf(value: string): Text {
  return { value, length: Buffer.byteLength(value) };
}

/**
 * The stored form of an event is the protocol's own `RecordedEvent`, so a read only copies it. The fields always stand
 * in the same order, which {@link decodeRecorded} relies on. `room` bytes are left free before it.
 */
export function encodeRecorded(
  event: ProposedEvent,
  place: { stream: string; revision: number; position: number; created: string },
  room = 0,
): Buffer {
  const id = { value: event.id, length: event.id.length };
  const stream = textOf(place.stream);
  const type = textOf(event.type);
  const contentType = textOf(event.contentType);
  const created = { value: place.created, length: place.created.length };
  const { metadata, data } = event;
  const length =
    room +
    wrappedLength(0, id.length) +
    wrappedLength(0, stream.length) +
    numberFieldLength(place.revision) +
    2 * numberFieldLength(place.position) +
    wrappedLength(TYPE_KEY.length, type.length) +
    wrappedLength(CONTENT_TYPE_KEY.length, contentType.length) +
    wrappedLength(CREATED_KEY.length, created.length) +
    (metadata.length ? bytesFieldLength(metadata.length) : 0) +
    (data.length ? bytesFieldLength(data.length) : 0);
  const bytes = Buffer.allocUnsafe(length);
  let at = writeWrapped(bytes, room, 0x0a, NOTHING, 0x12, id);
  at = writeWrapped(bytes, at, 0x12, NOTHING, 0x1a, stream);
  at = writeNumberField(bytes, at, 0x18, place.revision);
  at = writeNumberField(bytes, at, 0x20, place.position);
  at = writeNumberField(bytes, at, 0x28, place.position);
  at = writeWrapped(bytes, at, 0x32, TYPE_KEY, 0x12, type);
  at = writeWrapped(bytes, at, 0x32, CONTENT_TYPE_KEY, 0x12, contentType);
  at = writeWrapped(bytes, at, 0x32, CREATED_KEY, 0x12, created);
  if (metadata.length) at = writeBytesField(bytes, at, 0x3a, metadata);
  if (data.length) writeBytesField(bytes, at, 0x42, data);
  return bytes;
}

class Cursor {
  at = 0;
  constructor(readonly bytes: Buffer) {}

  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.bytes[this.at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  }

  field(): Buffer {
    this.at++;
    const length = this.varint();
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  number(): number {
    this.at++;
    return this.varint();
  }
}

function inner(field: Buffer): Buffer {
  return new Cursor(field).field();
}

function mapValue(entry: Buffer): string {
  const cursor = new Cursor(entry);
  cursor.field();
  return cursor.field().toString();
}

/** Reads a stored event. `data` is a view of `record`, not a copy. */
export function decodeRecorded(record: Buffer): RecordedEvent {
  const cursor = new Cursor(record);
  const id = inner(cursor.field()).toString('latin1');
  const stream = inner(cursor.field()).toString();
  const revision = cursor.number();
  const position = cursor.number();
  cursor.number();
  const type = mapValue(cursor.field());
  const contentType = mapValue(cursor.field());
  const created = mapValue(cursor.field());
  let data: Buffer = Buffer.alloc(0);
  while (cursor.at < record.length) {
    const tag = record[cursor.at];
    const bytes = cursor.field();
    if (tag === 0x42) data = bytes;
  }
  return { id, stream, revision, position, type, contentType, created, data };
}

/** The position alone, without reading the rest. */
export function recordedPosition(record: Buffer): number {
  const cursor = new Cursor(record);
  cursor.field();
  cursor.field();
  cursor.number();
  return cursor.number();
}

/** The stream's name or the event's type alone, without reading the rest. */
export function recordedText(record: Buffer, what: 'stream' | 'type'): string {
  const cursor = new Cursor(record);
  cursor.field();
  const stream = cursor.field();
  if (what === 'stream') return inner(stream).toString();
  for (let numbers = 0; numbers < 3; numbers++) cursor.number();
  return mapValue(cursor.field());
}
