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
const DELETED_VARINT = Buffer.from('ffffffffffffffff7f', 'hex');

/** Bytes that the id takes at the start of a record: always the text form, so its place is fixed. */
export const ID_FIELD_LENGTH = 40;

export function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length++;
  return length;
}

export function writeVarint(into: Buffer, at: number, value: number): number {
  let rest = value;
  let offset = at;
  while (rest >= 128) {
    into[offset++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  into[offset++] = rest;
  return offset;
}

function bytesField(tag: number, bytes: Uint8Array): Buffer[] {
  const head = Buffer.allocUnsafe(1 + varintLength(bytes.length));
  head[0] = tag;
  writeVarint(head, 1, bytes.length);
  return [head, bytes as Buffer];
}

function numberField(tag: number, value: number): Buffer {
  if (value === DELETED_REVISION) return Buffer.concat([Buffer.from([tag]), DELETED_VARINT]);
  const field = Buffer.allocUnsafe(1 + varintLength(value));
  field[0] = tag;
  writeVarint(field, 1, value);
  return field;
}

function mapEntry(key: string, value: string): Buffer[] {
  return bytesField(
    0x32,
    Buffer.concat([...bytesField(0x0a, Buffer.from(key)), ...bytesField(0x12, Buffer.from(value))]),
  );
}

/**
 * The stored form of an event is the protocol's own `RecordedEvent`, so a read only copies it. The fields always stand
 * in the same order, which {@link decodeRecorded} relies on.
 */
export function encodeRecorded(
  event: ProposedEvent,
  place: { stream: string; revision: number; position: number; created: string },
): Buffer {
  const parts = [
    ...bytesField(0x0a, Buffer.concat(bytesField(0x12, Buffer.from(event.id, 'latin1')))),
    ...bytesField(0x12, Buffer.concat(bytesField(0x1a, Buffer.from(place.stream)))),
    numberField(0x18, place.revision),
    numberField(0x20, place.position),
    numberField(0x28, place.position),
    ...mapEntry('type', event.type),
    ...mapEntry('content-type', event.contentType),
    ...mapEntry('created', place.created),
  ];
  if (event.metadata.length) parts.push(...bytesField(0x3a, event.metadata));
  if (event.data.length) parts.push(...bytesField(0x42, event.data));
  return Buffer.concat(parts);
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
