import { createHash } from 'node:crypto';
import type { Actor } from '#contracts/envelope.js';
import { derivedId, newId } from '#contracts/ids.js';

/** What comes with every command: who, why, and how a repetition is recognised. */
export interface CommandMeta {
  commandId: string;
  actor: Actor;
  /** When it happened; left out: now. */
  occurredAt?: string;
  reason?: string;
  correlationId: string;
  causationId: string;
  /** The system that the record comes from. */
  source?: string;
  /** The revision that the caller saw (`If-Match`): the command is refused when the stream has moved on. */
  expectedRevision?: number;
  decidedBy?: { policy: string; rulesVersion?: number };
}

/** The same credential and key give the same command, for ever. Without a key every command is a new one. */
export function commandIdOf(credential: string, idempotencyKey: string | undefined): string {
  return idempotencyKey === undefined ? newId() : derivedId('command', credential, idempotencyKey);
}

/** SHA-256 of what the command says, whatever the order of its keys; keys whose value is undefined do not count. */
export function commandHash(command: object, target: string): string {
  return createHash('sha256')
    .update(target)
    .update('\n')
    .update(JSON.stringify(command, (_, value) => (isPlainObject(value) ? sorted(value) : value)))
    .digest('base64url');
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
