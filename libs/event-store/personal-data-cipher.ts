import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { eventDeclarations } from '#contracts/events.js';
import { valueAt, withValueAt } from '#contracts/paths.js';
import { personalPathsOf } from '#contracts/personal-data.js';
import type { PersonKeys } from './person-keys.js';

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

/**
 * Seals the marked fields of events before they are appended and opens them when they are read: AES-256-GCM under a
 * key of the person's own, so that destroying the key makes every copy of the log unreadable. The event's id and the
 * field's name are authenticated with it: a ciphertext cannot be moved to another event or field.
 */
export class PersonalDataCipher {
  constructor(private readonly keys: PersonKeys) {}

  /** The data with every marked field that is present sealed under the person's key, which is made when it is new. */
  async seal<Data extends object>(type: string, eventId: string, person: string, data: Data): Promise<Data> {
    const present = personalPaths(type).filter((path) => valueAt(data, path) !== undefined);
    if (present.length === 0) return data;
    const key = await this.keys.makeOrGet(person);
    return present.reduce(
      (sealed, path) => withValueAt(sealed, path, sealValue(key, `${eventId}/${path}`, person, valueAt(data, path))),
      data,
    );
  }

  /**
   * Opens the marked fields of events of a batch, with one look-up of keys for all of them. A field whose key was
   * destroyed is left out. What was opened keeps its sealed data, for whoever stores them.
   */
  async open(events: { type: string; eventId: string; data: object; sealed?: object }[]): Promise<void> {
    const sealed = events.flatMap((event) =>
      personalPaths(event.type).flatMap((path) => {
        const value = valueAt(event.data, path);
        return isSealed(value) ? [{ event, path, value }] : [];
      }),
    );
    if (sealed.length === 0) return;
    const keys = await this.keys.get([...new Set(sealed.map(({ value }) => value.person))]);
    for (const { event, path, value } of sealed) {
      const key = keys.get(value.person);
      const opened = key === undefined ? undefined : openValue(key, `${event.eventId}/${path}`, value);
      event.sealed ??= event.data;
      event.data = withValueAt(event.data, path, opened);
    }
  }
}

function sealValue(key: Buffer, place: string, person: string, value: unknown): Sealed {
  const nonce = randomBytes(12);
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
