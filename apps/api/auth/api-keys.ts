import { createHash, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import type { Credential } from './credential.js';
import type { ApiRole } from './roles.js';

/** How long a revoked key may go on working. */
const TRUSTED_MS = 5_000;
const UNIQUE_VIOLATION = '23505';

/** What is told of a key; nobody is told the key itself again. */
export interface ApiKeyInfo {
  name: string;
  role: ApiRole;
  department: string | null;
  outletId: string | null;
  createdAt: string;
}

/** Whom a key is for. */
export interface ApiKeyHolder {
  name: string;
  role: ApiRole;
  department?: string;
  outletId?: string;
}

/** There is a key of this name already. */
export class ApiKeyExists extends Error {
  constructor(name: string) {
    super(`There is a key ${name} already: revoke it first, or choose another name.`);
    this.name = 'ApiKeyExists';
  }
}

/** API keys, stored as SHA-256: they are random, so no slow hash is needed to keep them from being guessed. */
export class ApiKeys {
  private readonly known = new LRUCache<string, Credential>({ max: 10_000, ttl: TRUSTED_MS });

  constructor(private readonly pool: Pool) {}

  async find(apiKey: string): Promise<Credential | undefined> {
    return this.findById(hashOf(apiKey).toString('hex'));
  }

  /** @param id of the credential that `find` gave: undefined when its key has been revoked since. */
  async findById(id: string): Promise<Credential | undefined> {
    const known = this.known.get(id);
    if (known) return known;
    const { rows } = await this.pool.query<ApiKeyInfo>(
      `select name, role, department, outlet_id as "outletId" from ops.api_keys
        where key_hash = $1 and revoked_at is null`,
      [Buffer.from(id, 'hex')],
    );
    const row = rows[0];
    if (!row) return undefined;
    const { name, role, department, outletId } = row;
    const credential = { id, name, role, department: department ?? undefined, outletId: outletId ?? undefined };
    this.known.set(id, credential);
    return credential;
  }

  /**
   * Makes a key.
   * @returns the key, which is stored nowhere.
   * @throws ApiKeyExists
   */
  async create({ name, role, department, outletId }: ApiKeyHolder): Promise<string> {
    const apiKey = randomBytes(32).toString('base64url');
    try {
      await this.pool.query(
        'insert into ops.api_keys (key_hash, name, role, department, outlet_id) values ($1, $2, $3, $4, $5)',
        [hashOf(apiKey), name, role, department ?? null, outletId ?? null],
      );
    } catch (error) {
      if ((error as { code?: unknown }).code === UNIQUE_VIOLATION) throw new ApiKeyExists(name);
      throw error;
    }
    return apiKey;
  }

  /** The keys that are valid, by name. */
  async list(): Promise<ApiKeyInfo[]> {
    const { rows } = await this.pool.query<ApiKeyInfo>(
      `select name, role, department, outlet_id as "outletId", created_at as "createdAt" from ops.api_keys
        where revoked_at is null order by name`,
    );
    return rows;
  }

  /** Ends a key: a running API takes it for a few seconds more. @returns whether there was one of this name. */
  async revoke(name: string): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      'update ops.api_keys set revoked_at = now() where name = $1 and revoked_at is null',
      [name],
    );
    return rowCount === 1;
  }

  /**
   * Registers the key that configuration gives under a name. It is the only one of that name from now on: whoever
   * changes a key in the configuration means the old one to end.
   */
  async register(apiKey: string, name: string, role: ApiRole): Promise<void> {
    const hash = hashOf(apiKey);
    await this.pool.query(
      'update ops.api_keys set revoked_at = now() where name = $2 and key_hash <> $1 and revoked_at is null',
      [hash, name],
    );
    await this.pool.query(
      `insert into ops.api_keys (key_hash, name, role) values ($1, $2, $3)
         on conflict (key_hash) do update set name = excluded.name, role = excluded.role, revoked_at = null`,
      [hash, name, role],
    );
  }
}

function hashOf(apiKey: string): Buffer {
  return createHash('sha256').update(apiKey).digest();
}
