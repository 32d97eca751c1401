import { crc32 } from 'node:zlib';

/** A stored record does not match its checksum, or stands under another key than it was written for. */
export class CorruptRecord extends Error {
  constructor(where: string) {
    super(`${where} is corrupt: its checksum does not match. Restore the data folder from a backup.`);
    this.name = 'CorruptRecord';
  }
}

/**
 * Puts a CRC-32 of key and payload before the payload. The key is part of the sum, so that a flipped bit in a key is
 * found too: a record read under another key than its own does not match.
 */
export function seal(key: string, payload: Buffer): Buffer {
  const sealed = Buffer.allocUnsafe(4 + payload.length);
  sealed.writeUInt32LE(crc32(payload, crc32(key)), 0);
  payload.copy(sealed, 4);
  return sealed;
}

/**
 * The payload of a sealed record, without copying it.
 * @throws CorruptRecord when record and key do not belong together.
 */
export function unseal(key: string, sealed: Buffer): Buffer {
  const payload = sealed.subarray(4);
  if (sealed.length < 4 || sealed.readUInt32LE(0) !== crc32(payload, crc32(key)))
    throw new CorruptRecord(`Record ${key}`);
  return payload;
}
