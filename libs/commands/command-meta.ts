import { hash } from 'node:crypto';
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
  /** Of a command that several events caused: the correlation id of each, by the event's id. */
  correlations?: ReadonlyMap<string, string>;
  /** The system that the record comes from. */
  source?: string;
  /** The revision that the caller saw (`If-Match`): the command is refused when the stream has moved on. */
  expectedRevision?: number;
  /** The version is that of rules by which the policy itself judges; else the decider names it, event by event. */
  decidedBy?: { policy: string; rulesVersion?: number };
}

/**
 * The reason that a repetition of a command has to give again; undefined where none was given. Of an import it says where
 * the record stood, which may be elsewhere the next time.
 */
export function saidReasonOf({ actor, reason }: Pick<CommandMeta, 'actor' | 'reason'>): string | undefined {
  return actor.kind === 'import' ? undefined : (reason ?? undefined);
}

/** The same credential and key give the same command, for ever. Without a key every command is a new one. */
export function commandIdOf(credential: string, idempotencyKey: string | undefined): string {
  return idempotencyKey === undefined ? newId() : derivedId('command', credential, idempotencyKey);
}

/** SHA-256 of what the command says, whatever the order of its keys; keys whose value is undefined do not count. */
export function commandHash(command: object, target: string): string {
  return hash('sha256', `${target}\n${canonical(command)}`, 'base64url');
}

/** JSON with the keys of every object in order. Written by hand: `JSON.stringify` with a replacer takes thrice as long. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join()}]`;
  const fields = value as Record<string, unknown>;
  let text = '';
  for (const key of Object.keys(fields).sort()) {
    if (fields[key] !== undefined) text += `${text && ','}${JSON.stringify(key)}:${canonical(fields[key])}`;
  }
  return `{${text}}`;
}
