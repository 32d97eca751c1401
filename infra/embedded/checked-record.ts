import { crc32 } from 'node:zlib';

/** A stored record does not match its checksum, or stands under another key than it was written for. */
export class CorruptRecord extends Error {
  constructor(where: string) {
    super(`${where} is corrupt: its checksum does not match. Restore the data folder from a backup.`);
    this.name = 'CorruptRecord';
  }
}

/** How many bytes stand before the payload. */
export const SEAL_LENGTH = 4;

/**
 * Puts a CRC-32 of key and payload before the payload. The key is part of the sum, so that a flipped bit in a key is
 * found too: a record read under another key than its own does not match.
 */
export function seal(key: string, payload: Buffer): Buffer {
  const sealed = Buffer.allocUnsafe(SEAL_LENGTH + payload.length);
  payload.copy(sealed, SEAL_LENGTH);
  return sealInPlace(key, sealed);
}

/** The same for a payload that was written with {@link SEAL_LENGTH} bytes left free before it, without copying it. */
export function sealInPlace(key: string, sealed: Buffer): Buffer {
  sealed.writeUInt32LE(crc32(sealed.subarray(SEAL_LENGTH), crc32(key)), 0);
  return sealed;
}

/**
 * The payload of a sealed record, without copying it.
 * @throws CorruptRecord when record and key do not belong together.
 */
export function unseal(key: string, sealed: Buffer): Buffer {
  const payload = sealed.subarray(SEAL_LENGTH);
  if (sealed.length < SEAL_LENGTH || sealed.readUInt32LE(0) !== crc32(payload, crc32(key)))
    throw new CorruptRecord(`Record ${key}`);
  return payload;
}
