import { createCipheriv, createDecipheriv, createHmac, randomFillSync } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { EventMetadata } from '#contracts/envelope.js';
import { eventDeclarations } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import { valueAt, withValueAt } from '#contracts/paths.js';
import { personalPathsOf } from '#contracts/personal-data.js';
import type { Belonging, PersonKeys } from './person-keys.js';

/** What stands in the log in place of a marked field. */
export interface Sealed {
  /** Base64 of nonce (12 bytes), authentication tag (16) and ciphertext. */
  $personal: string;
  /** Whose key it was sealed with. */
  person: string;
}

const pathsByType = new Map([...eventDeclarations].map(([type, { data }]) => [type, personalPathsOf(data)] as const));

/** The paths of the marked fields of an event type; none for a type that is not declared. */
export function personalPaths(type: string): readonly string[] {
  return pathsByType.get(type) ?? [];
}

export function isSealed(value: unknown): value is Sealed {
  return typeof value === 'object' && value !== null && '$personal' in value;
}

/** What the cipher opens: an event as it was read, which is changed in place. */
interface Openable {
  type: string;
  eventId: string;
  data: object;
  /** As it stands in the store; set where something was opened. */
  sealed?: object;
  metadata: Pick<EventMetadata, 'commandHash' | 'customerId'>;
}

/** The hash of a command whose person was erased: nobody can tell any more what it said. */
export const ERASED_HASH = '';
/** Where the hash of a command stands, for what authenticates it. */
const HASH_PATH = '$commandHash';
const ERASURES_REMEMBERED = 100_000;

/**
 * Seals the marked fields of events before they are appended and opens them when they are read: AES-256-GCM under a
 * key of the person's own, so that destroying the key makes every copy of the log unreadable. The event's id and the
 * field's name are authenticated with it: a ciphertext cannot be moved to another event or field.
 *
 * What is computed from personal data would let anybody confirm a guess after the key is gone: the hash of a command is
 * sealed too, and the ids of its events are made with the key (docs/adr/0015).
 */
export class PersonalDataCipher {
  /** Of whom this process has read that they were erased: what is read after that is not opened, whoever still has the key. */
  private readonly erased = new LRUCache<string, true>({ max: ERASURES_REMEMBERED });

  constructor(private readonly keys: PersonKeys) {}

  /** The event with every marked field that is present sealed under the person's key, which is made when it is new. */
  async seal<Data extends object>(type: string, eventId: string, person: string, data: Data): Promise<Data> {
    const present = presentPaths(type, data);
    if (present.length === 0) return data;
    const key = await this.keys.makeOrGet(person);
    return present.reduce(
      (sealed, path) => withValueAt(sealed, path, sealValue(key, `${eventId}/${path}`, person, valueAt(data, path))),
      data,
    );
  }

  /** The hash of a command that held personal data, sealed as a field is. */
  async sealHash(eventId: string, person: string, commandHash: string): Promise<Sealed> {
    return sealValue(await this.keys.makeOrGet(person), `${eventId}/${HASH_PATH}`, person, commandHash);
  }

  /** An id in place of one that was derived from personal data: always the same one, as long as the key is there. */
  async keyedId(person: string, id: string): Promise<string> {
    const key = await this.keys.makeOrGet(person);
    return derivedId('event', createHmac('sha256', key).update(id).digest('hex'));
  }

  /** @see PersonKeys.destroy */
  async destroyKeys(persons: string[], belongings: Belonging[]): Promise<void> {
    for (const person of await this.keys.destroy(persons, belongings)) this.erased.set(person, true);
  }

  /**
   * Opens the marked fields of events of a batch, with one look-up of keys for all of them. A field whose key was
   * destroyed is left out. What was opened keeps its sealed data, for whoever stores them.
   */
  async open(events: Openable[]): Promise<void> {
    const sealed: { event: Openable; path: string; value: Sealed }[] = [];
    for (const event of events) {
      const { type, metadata } = event;
      if (type === 'CustomerErased' && metadata.customerId !== undefined) this.erased.set(metadata.customerId, true);
      for (const path of personalPaths(type)) {
        const value = valueAt(event.data, path);
        if (!isSealed(value)) continue;
        if (this.erased.has(value.person)) replaceSealed(event, path, undefined);
        else sealed.push({ event, path, value });
      }
      if (isSealed(metadata.commandHash)) sealed.push({ event, path: HASH_PATH, value: metadata.commandHash });
    }
    if (sealed.length === 0) return;
    const keys = await this.keys.get([...new Set(sealed.map(({ value }) => value.person))]);
    for (const { event, path, value } of sealed) {
      const key = keys.get(value.person);
      const opened = key === undefined ? undefined : openValue(key, `${event.eventId}/${path}`, value);
      if (path === HASH_PATH) event.metadata.commandHash = (opened as string | undefined) ?? ERASED_HASH;
      else replaceSealed(event, path, opened);
    }
  }
}

function replaceSealed(event: Openable, path: string, opened: unknown): void {
  event.sealed ??= event.data;
  event.data = withValueAt(event.data, path, opened);
}

/** Whether anything of an event's data is marked as personal and there. */
export function holdsPersonalData({ type, data }: { type: string; data: object }): boolean {
  return presentPaths(type, data).length > 0;
}

function presentPaths(type: string, data: object): string[] {
  return personalPaths(type).filter((path) => valueAt(data, path) !== undefined);
}

const NONCE_BYTES = 12;
/** Random bytes for the next nonces: asking the system for a few at a time costs as much as the sealing. */
const pool = Buffer.alloc(NONCE_BYTES * 512);
let unused = pool.length;

function nextNonce(): Buffer {
  if (unused === pool.length) {
    randomFillSync(pool);
    unused = 0;
  }
  unused += NONCE_BYTES;
  return pool.subarray(unused - NONCE_BYTES, unused);
}

function sealValue(key: Buffer, place: string, person: string, value: unknown): Sealed {
  const nonce = nextNonce();
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place));
  const text = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
  return { $personal: Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64'), person };
}

function openValue(key: Buffer, place: string, { $personal }: Sealed): unknown {
  const bytes = Buffer.from($personal, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(Buffer.from(place));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8'));
}
