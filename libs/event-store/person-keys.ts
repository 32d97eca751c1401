import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import { SettingsError } from '#platform/settings.js';

/** The keys of persons: one for each, 32 bytes. */
export interface PersonKeys {
  /** The keys that exist; a destroyed or unknown one is missing from the answer. */
  get(persons: string[]): Promise<Map<string, Buffer>>;
  makeOrGet(person: string): Promise<Buffer>;
}

const NOBODY = 'nobody';

/**
 * Keys in `ops.person_keys`, wrapped by the master key (AES-256-GCM, the person's id authenticated), so that a copy
 * of the database alone opens nothing.
 */
export class PostgresPersonKeys implements PersonKeys {
  private readonly known = new LRUCache<string, Buffer>({ max: 50_000 });

  constructor(
    private readonly pool: Pool,
    private readonly masterKey: Buffer,
  ) {}

  /**
   * Makes sure that the keys that are there can be opened. With another master key nothing personal could be read, and
   * new persons would be sealed under a key that the old ones do not have. The first start leaves a key of nobody, so
   * that the next one has something to try.
   * @throws SettingsError
   */
  async verifyMasterKey(): Promise<void> {
    const { rows } = await this.pool.query<{ person_id: string; wrapped: Buffer }>(
      'select person_id, wrapped from ops.person_keys order by created_at limit 1',
    );
    const oldest = rows[0];
    if (oldest === undefined) {
      await this.makeOrGet(NOBODY);
      return;
    }
    try {
      this.remember(oldest.person_id, oldest.wrapped);
    } catch {
      throw new SettingsError(
        'RAPPORT_MASTER_KEY',
        '***',
        'it is not the key that wraps the personal-data keys in this database (ops.person_keys). Restore the right one.',
      );
    }
  }

  async get(persons: string[]): Promise<Map<string, Buffer>> {
    const keys = new Map<string, Buffer>();
    const missing: string[] = [];
    for (const person of persons) {
      const key = this.known.get(person);
      if (key) keys.set(person, key);
      else missing.push(person);
    }
    if (missing.length === 0) return keys;
    const { rows } = await this.pool.query<{ person_id: string; wrapped: Buffer }>(
      'select person_id, wrapped from ops.person_keys where person_id = any($1)',
      [missing],
    );
    for (const { person_id, wrapped } of rows) keys.set(person_id, this.remember(person_id, wrapped));
    return keys;
  }

  async makeOrGet(person: string): Promise<Buffer> {
    const known = (await this.get([person])).get(person);
    if (known) return known;
    // Two processes may make it at once: the first insert wins, and both read what won.
    await this.pool.query(
      'insert into ops.person_keys (person_id, wrapped) values ($1, $2) on conflict (person_id) do nothing',
      [person, this.wrap(person, randomBytes(32))],
    );
    return (await this.get([person])).get(person)!;
  }

  private remember(person: string, wrapped: Buffer): Buffer {
    const decipher = createDecipheriv('aes-256-gcm', this.masterKey, wrapped.subarray(0, 12));
    decipher.setAAD(Buffer.from(person)).setAuthTag(wrapped.subarray(12, 28));
    const key = Buffer.concat([decipher.update(wrapped.subarray(28)), decipher.final()]);
    this.known.set(person, key);
    return key;
  }

  private wrap(person: string, key: Buffer): Buffer {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.masterKey, nonce).setAAD(Buffer.from(person));
    const text = Buffer.concat([cipher.update(key), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), text]);
  }
}
