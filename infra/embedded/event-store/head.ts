/** The hash indexes: stream name -> stream number, and (stream or metastream, event id) -> sequence number. */
export type IndexName = 'names' | 'ids';

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
  /** Sequence number of revision 0 of the stream and of its metastream; 0 when there is none. */
  first: number;
  metaFirst: number;
}

const FIXED_LENGTH = 31;

export function encodeHead(head: Head): Buffer {
  const name = Buffer.from(head.name);
  const bytes = Buffer.allocUnsafe(FIXED_LENGTH + name.length);
  bytes.writeUIntBE(head.next, 0, 6);
  bytes.writeUIntBE(head.metaNext, 6, 6);
  bytes.writeUIntBE(head.tombstone, 12, 6);
  bytes[18] = head.softDeleted ? 1 : 0;
  bytes.writeUIntBE(head.first, 19, 6);
  bytes.writeUIntBE(head.metaFirst, 25, 6);
  name.copy(bytes, FIXED_LENGTH);
  return bytes;
}

export function decodeHead(number: number, bytes: Buffer): Head {
  return {
    number,
    next: bytes.readUIntBE(0, 6),
    metaNext: bytes.readUIntBE(6, 6),
    tombstone: bytes.readUIntBE(12, 6),
    softDeleted: bytes[18] === 1,
    first: bytes.readUIntBE(19, 6),
    metaFirst: bytes.readUIntBE(25, 6),
    name: bytes.toString('utf8', FIXED_LENGTH),
  };
}

/** How much the store holds. From it follows how many records every table must have. */
export interface Counters {
  /** Sequence number of the last event in `$all`; the first is 1. */
  last: number;
  streams: number;
  tombstones: number;
  /** Streams and metastreams with a revision 0: it stands in the head, not among the revisions. */
  parts: number;
  /** How many streams and events are in the buckets of the indexes; the newer ones are in memory only. */
  indexed: Record<IndexName, number>;
}

export function encodeCounters({ last, streams, tombstones, parts, indexed }: Counters): Buffer {
  const bytes = Buffer.allocUnsafe(36);
  [last, streams, tombstones, parts, indexed.names, indexed.ids].forEach((number, index) => {
    bytes.writeUIntBE(number, index * 6, 6);
  });
  return bytes;
}

export function decodeCounters(bytes: Buffer): Counters {
  const number = (index: number) => bytes.readUIntBE(index * 6, 6);
  const indexed = { names: number(4), ids: number(5) };
  return { last: number(0), streams: number(1), tombstones: number(2), parts: number(3), indexed };
}
