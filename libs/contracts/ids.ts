import { hash, randomFillSync } from 'node:crypto';
import { parse, v7 } from 'uuid';

/** The namespace of every id that Rapport derives. Changing it would orphan every derived id. */
const RAPPORT = parse('b5f0c2f4-6a3e-5d0b-9c3e-6d1f0e7a9b21');

/** What a record from outside is known by there: `cdnow:07592`. */
export interface ExternalRef {
  system: string;
  id: string;
}

export type IdKind = 'customer' | 'purchase' | 'interaction' | 'complaint' | 'satisfaction';

/** The id of a record that comes from outside: the same record has the same id whenever it is imported. */
export function externalId(kind: IdKind, ref: ExternalRef): string {
  return derivedId(kind, ref.system, ref.id);
}

/**
 * UUIDv5 of the parts (RFC 9562, section 5.5). Each part is preceded by its length, so that ('a','bc') and ('ab','c')
 * differ. Written out, because every event derives several: `uuid` takes three times as long for the same text.
 */
export function derivedId(...parts: string[]): string {
  let text = '';
  for (const part of parts) text += `${part.length}:${part}`;
  const sha1 = hash('sha1', Buffer.concat([RAPPORT, Buffer.from(text)]), 'hex');
  const variant = ((Number.parseInt(sha1[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${sha1.slice(0, 8)}-${sha1.slice(8, 12)}-5${sha1.slice(13, 16)}-${variant}${sha1.slice(17, 20)}-${sha1.slice(20, 32)}`;
}

/** Whether it is a UUID of any version as Rapport writes it: in lower case. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
}

/** A new UUIDv7. Not for the domain, which takes its ids from the command. */
export function newId(): string {
  if (unused === POOL.length) {
    randomFillSync(POOL);
    unused = 0;
  }
  unused += 16;
  return v7({ random: POOL.subarray(unused - 16, unused) });
}

/** Random bytes for the next ids: asking the system for 16 at a time costs far more than the rest of an id. */
const POOL = new Uint8Array(16 * 256);
let unused = POOL.length;

/**
 * Reads an address: an id, or `system:id` of a record from outside.
 * @returns undefined when it is neither.
 */
export function parseAddress(kind: IdKind, address: string): string | undefined {
  if (isUuid(address)) return address;
  const match = /^([A-Za-z0-9._-]{1,64}):(.{1,200})$/su.exec(address);
  return match ? externalId(kind, { system: match[1]!, id: match[2]! }) : undefined;
}
