import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { setImmediate as soon } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import { inTransaction } from '#platform/database/pool.js';
import { SettingsError } from '#platform/setting.js';

/** What was sealed for a stream while its customer was unknown is the customer's from when they are known. */
export interface Belonging {
  person: string;
  customerId: string;
}

/** The keys of persons: one for each, 32 bytes. */
export interface PersonKeys {
  /** The keys that exist; a destroyed or unknown one is missing from the answer. */
  get(persons: string[]): Promise<Map<string, Buffer>>;
  /** @throws PersonErased */
  makeOrGet(person: string): Promise<Buffer>;
  /**
   * Destroys the keys of these persons and of what belongs to them, for good: no new ones are made for them. What
   * belongs to somebody who was erased before is destroyed too. Doing it again changes nothing.
   * @returns whose keys are gone now, also where another process was first: theirs, and those of what belongs to them.
   */
  destroy(persons: string[], belongings?: Belonging[]): Promise<string[]>;
}

/** The person was erased: nothing personal can be recorded of them any more. */
export class PersonErased extends Error {
  constructor(readonly person: string) {
    super(`The personal data of ${person} were erased, and no more may be recorded.`);
    this.name = 'PersonErased';
  }
}

interface WrappedKey {
  person_id: string;
  /** null: the person was erased. */
  wrapped: Buffer | null;
}

/** Makes those that are not there, and answers these with those that are. */
const MAKE_OR_GET = `
  with given as (select * from unnest($1::text[], $2::bytea[]) as given (person_id, wrapped)),
       made as (insert into ops.person_keys (person_id, wrapped) select person_id, wrapped from given
                on conflict (person_id) do nothing returning person_id, wrapped)
  select person_id, wrapped from made
  union all
  select person_id, k.wrapped from ops.person_keys as k join given using (person_id)`;

const NOBODY = 'nobody';
/** How long a process may go on opening what another one has erased. */
const REMEMBERED_MS = 10_000;

/**
 * Keys in `ops.person_keys`, wrapped by the master key (AES-256-GCM, the person's id authenticated), so that a copy
 * of the database alone opens nothing.
 */
export class PostgresPersonKeys implements PersonKeys {
  private readonly known = new LRUCache<string, Buffer>({ max: 50_000, ttl: REMEMBERED_MS });
  /** The statement that makes keys at present, and those for whom the next one will. */
  private round: Promise<unknown> = Promise.resolve();
  private next: { persons: Set<string>; keys: Promise<Map<string, Buffer>> } | undefined;

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
      'select person_id, wrapped from ops.person_keys where wrapped is not null order by created_at limit 1',
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
      'select person_id, wrapped from ops.person_keys where person_id = any($1) and wrapped is not null',
      [missing],
    );
    for (const { person_id, wrapped } of rows) keys.set(person_id, this.remember(person_id, wrapped));
    return keys;
  }

  async makeOrGet(person: string): Promise<Buffer> {
    const key = this.known.get(person) ?? (await this.inNextRound(person));
    if (key === undefined) throw new PersonErased(person);
    return key;
  }

  /** One statement at a time, for whoever came meanwhile, and with what just arrived: each commit waits for the disk. */
  private async inNextRound(person: string): Promise<Buffer | undefined> {
    this.next ??= { persons: new Set(), keys: this.round.then(soon).then(() => this.runRound()) };
    this.next.persons.add(person);
    return (await this.next.keys).get(person);
  }

  private runRound(): Promise<Map<string, Buffer>> {
    // In one order, whoever asks: two processes would else wait for each other.
    const persons = [...this.next!.persons].sort();
    this.next = undefined;
    const keys = this.makeOrGetAll(persons);
    this.round = keys.catch(() => {});
    return keys;
  }

  private async makeOrGetAll(persons: string[]): Promise<Map<string, Buffer>> {
    const made = persons.map((person) => this.wrap(person, randomBytes(32)));
    const { rows } = await this.pool.query<WrappedKey>({
      name: 'make or get keys',
      text: MAKE_OR_GET,
      values: [persons, made],
    });
    const keys = new Map<string, Buffer>();
    for (const { person_id, wrapped } of rows) if (wrapped) keys.set(person_id, this.remember(person_id, wrapped));
    // Another process made it at the same time: the first insert wins, and what won was not to be seen yet.
    const answered = new Set(rows.map(({ person_id }) => person_id));
    const missed = persons.filter((person) => !answered.has(person));
    return missed.length === 0 ? keys : new Map([...keys, ...(await this.get(missed))]);
  }

  async destroy(persons: string[], belongings: Belonging[] = []): Promise<string[]> {
    const customers = [...new Set([...persons, ...belongings.map(({ customerId }) => customerId)])];
    const gone = await inTransaction(this.pool, async (client) => {
      await client.query(
        `update ops.person_keys as k set customer_id = given.customer
           from unnest($1::text[], $2::text[]) as given (person, customer) where k.person_id = given.person`,
        [belongings.map(({ person }) => person), belongings.map(({ customerId }) => customerId)],
      );
      await client.query(
        `insert into ops.person_keys as k (person_id, erased_at) select unnest($1::text[]), now()
           on conflict (person_id) do update set wrapped = null, erased_at = coalesce(k.erased_at, now())`,
        [persons],
      );
      const { rows } = await client.query<{ person_id: string }>(
        `update ops.person_keys as k set wrapped = null, erased_at = coalesce(k.erased_at, now())
           from ops.person_keys as owner
          where k.customer_id = any($1) and owner.person_id = k.customer_id and owner.erased_at is not null
          returning k.person_id`,
        [customers],
      );
      return [...persons, ...rows.map(({ person_id }) => person_id)];
    });
    for (const person of gone) this.known.delete(person);
    return gone;
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
