/** What is known of one stream and its metastream. The head's key is the stream's number, dense from 1. */
export interface Head {
  number: number;
  name: string;
  /** The next revision of the stream. */
  next: number;
  /** The next revision of its metastream. */
  metaNext: number;
  /** Sequence number of `$streamDeleted`, 0 when the stream is not tombstoned. */
  tombstone: number;
  softDeleted: boolean;
}

export function encodeHead(head: Head): Buffer {
  const name = Buffer.from(head.name);
  const bytes = Buffer.allocUnsafe(19 + name.length);
  bytes.writeUIntBE(head.next, 0, 6);
  bytes.writeUIntBE(head.metaNext, 6, 6);
  bytes.writeUIntBE(head.tombstone, 12, 6);
  bytes[18] = head.softDeleted ? 1 : 0;
  name.copy(bytes, 19);
  return bytes;
}

export function decodeHead(number: number, bytes: Buffer): Head {
  return {
    number,
    next: bytes.readUIntBE(0, 6),
    metaNext: bytes.readUIntBE(6, 6),
    tombstone: bytes.readUIntBE(12, 6),
    softDeleted: bytes[18] === 1,
    name: bytes.subarray(19).toString(),
  };
}

/** How much the store holds. From it follows how many records every table must have. */
export interface Counters {
  /** Sequence number of the last event in `$all`; the first is 1. */
  last: number;
  streams: number;
  tombstones: number;
}

export function encodeCounters(counters: Counters): Buffer {
  const bytes = Buffer.allocUnsafe(18);
  bytes.writeUIntBE(counters.last, 0, 6);
  bytes.writeUIntBE(counters.streams, 6, 6);
  bytes.writeUIntBE(counters.tombstones, 12, 6);
  return bytes;
}

export function decodeCounters(bytes: Buffer): Counters {
  return { last: bytes.readUIntBE(0, 6), streams: bytes.readUIntBE(6, 6), tombstones: bytes.readUIntBE(12, 6) };
}
