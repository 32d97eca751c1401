import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import type { ApiRole } from './roles.js';

/** Who sends a request. */
export interface Credential {
  /** Names the credential in command ids: two credentials may use one Idempotency-Key. */
  id: string;
  name: string;
  role: ApiRole;
}

/** How long a revoked key may go on working. */
const TRUSTED_MS = 10_000;

/** API keys, stored as SHA-256: they are random, so no slow hash is needed to keep them from being guessed. */
export class Credentials {
  private readonly known = new LRUCache<string, Credential>({ max: 10_000, ttl: TRUSTED_MS });

  constructor(private readonly pool: Pool) {}

  async find(apiKey: string): Promise<Credential | undefined> {
    const hash = createHash('sha256').update(apiKey).digest();
    const id = hash.toString('hex');
    const known = this.known.get(id);
    if (known) return known;
    const { rows } = await this.pool.query<{ name: string; role: ApiRole }>(
      'select name, role from ops.api_keys where key_hash = $1 and revoked_at is null',
      [hash],
    );
    const row = rows[0];
    if (!row) return undefined;
    const credential = { id, ...row };
    this.known.set(id, credential);
    return credential;
  }

  /**
   * Registers the key that configuration gives under a name. It is the only one of that name from now on: whoever
   * changes a key in the configuration means the old one to end.
   */
  async register(apiKey: string, name: string, role: ApiRole): Promise<void> {
    await this.pool.query(
      `with replaced as (
         update ops.api_keys set revoked_at = now() where name = $2 and key_hash <> $1 and revoked_at is null
       )
       insert into ops.api_keys (key_hash, name, role) values ($1, $2, $3)
         on conflict (key_hash) do update set name = excluded.name, role = excluded.role, revoked_at = null`,
      [createHash('sha256').update(apiKey).digest(), name, role],
    );
  }
}
