import type { Actor } from '#contracts/envelope.js';
import type { ApiRole } from './roles.js';

/** Who sends a request. */
export interface Credential {
  /** Names the credential in command ids: two credentials may use one Idempotency-Key. */
  id: string;
  /** The name of the key, or the subject of the token: the actor's id. */
  name: string;
  role: ApiRole;
  department?: string;
  outletId?: string;
  /** When a token ends, in seconds of the epoch; a key ends when it is revoked. */
  expiresAt?: number;
}

/** Who did it, as every event says: what a person does is told from what a system does by the role. */
export function actorOf({ name, role, department, outletId }: Credential): Actor {
  return {
    id: name,
    kind: role === 'service' ? 'service' : 'employee',
    ...(department !== undefined && { department }),
    ...(outletId !== undefined && { outletId }),
  };
}
