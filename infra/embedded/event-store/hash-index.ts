/** A hash of 48 bits and what it stands for, a number below 2^48. */
export interface Entry {
  hash: number;
  value: number;
}

/** Where an index keeps its buckets. Every bucket from 0 to {@link bucketCount} - 1 exists. */
export interface Buckets {
  load(bucket: number): Entry[];
  save(bucket: number, entries: Entry[]): void;
}

const ENTRIES_A_BUCKET = 16;
const ENTRY_LENGTH = 12;

/** The number of buckets follows from the number of entries, so a missing bucket cannot pass for an empty one. */
export function bucketCount(entries: number): number {
  return Math.max(1, Math.ceil(entries / ENTRIES_A_BUCKET));
}

function bucketOf(hash: number, buckets: number): number {
  const wide = buckets === 1 ? 1 : 2 ** (32 - Math.clz32(buckets - 1));
  const bucket = hash % wide;
  return bucket < buckets ? bucket : hash % (wide / 2);
}

/**
 * The values stored under `hash`, oldest first. Hashes collide: the caller compares what the values stand for. The bucket
 * is searched as it is stored, since this is done for every append.
 */
export function lookUp(load: (bucket: number) => Buffer, entries: number, hash: number): number[] {
  const found: number[] = [];
  const bytes = load(bucketOf(hash, bucketCount(entries)));
  const high = Math.floor(hash / 2 ** 16);
  const low = hash % 2 ** 16;
  for (let at = 0; at < bytes.length; at += ENTRY_LENGTH)
    if (bytes.readUInt32BE(at) === high && bytes.readUInt16BE(at + 4) === low) found.push(bytes.readUIntBE(at + 6, 6));
  return found;
}

/**
 * Adds one entry to an index that holds `entries`. It grows by linear hashing, one bucket at a time, so no insertion
 * rewrites more than three buckets. An index of this kind, unlike a sorted one, can prove that something is *not* in it.
 */
export function insert(buckets: Buckets, entries: number, added: Entry): void {
  const before = bucketCount(entries);
  const after = bucketCount(entries + 1);
  if (after > before) {
    const divided = before - 2 ** (31 - Math.clz32(before));
    const stay: Entry[] = [];
    const move: Entry[] = [];
    for (const entry of buckets.load(divided)) (bucketOf(entry.hash, after) === before ? move : stay).push(entry);
    buckets.save(divided, stay);
    buckets.save(before, move);
  }
  const target = bucketOf(added.hash, after);
  buckets.save(target, [...buckets.load(target), added]);
}

export function encodeBucket(entries: Entry[]): Buffer {
  const bytes = Buffer.allocUnsafe(entries.length * ENTRY_LENGTH);
  entries.forEach((entry, index) => {
    bytes.writeUIntBE(entry.hash, index * ENTRY_LENGTH, 6);
    bytes.writeUIntBE(entry.value, index * ENTRY_LENGTH + 6, 6);
  });
  return bytes;
}

export function decodeBucket(bytes: Buffer): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; at < bytes.length; at += ENTRY_LENGTH)
    entries.push({ hash: bytes.readUIntBE(at, 6), value: bytes.readUIntBE(at + 6, 6) });
  return entries;
}

/** A 48-bit hash of a text (cyrb53's mixing). Not for secrets: an id is always compared in full afterwards. */
export function hashOf(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (low & 0xffff) * 2 ** 32 + (high >>> 0);
}
