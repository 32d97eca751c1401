import { PreconditionFailedException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Outcome } from '#commands/command-ledger.js';
import { type CommandMeta, commandIdOf } from '#commands/command-meta.js';
import { Instant, isJsonObject, Optional, Text } from '#contracts/fields.js';
import { type IdKind, isUuid, newId, parseAddress } from '#contracts/ids.js';
import { fieldsOf, InvalidFields, parse } from '#contracts/validation.js';
import { senderOf } from '../auth/auth.guard.js';
import { actorOf } from '../auth/credential.js';

/** What a body may say besides the fields of the event. */
export class Happening {
  /** When it happened; left out: now. */
  @Optional() @Instant() occurredAt?: string;
  @Optional() @Text(2000) reason?: string;
}

export interface ParsedCommand<Data> {
  data: Data;
  meta: CommandMeta;
}

/**
 * Reads a command off a request: the body by the declaration of the event it leads to, the rest from the headers.
 * @param fromPath fields that the path gives; the body must not repeat them.
 * @throws InvalidFields
 */
export function parseCommand<Data extends object>(
  type: new () => Data,
  request: FastifyRequest,
  fromPath: Partial<Data> = {},
): ParsedCommand<Data> {
  const { occurredAt, reason: given, ...fields } = objectOf(request.body);
  // Some events have a reason of their own: why the customer declined, not why it was recorded.
  const own = fieldsOf(type).has('reason') && given !== undefined;
  const reason = own ? undefined : given;
  if (own) fields.reason = given;
  for (const field of Object.keys(fromPath)) {
    if (Object.hasOwn(fields, field)) {
      throw InvalidFields.one(field, 'fromPath', 'is given by the path: leave it out of the body');
    }
  }
  const happening = parse(Happening, { occurredAt, reason });
  const data = parse(type, { ...fields, ...fromPath });
  return { data, meta: metaOf(request, happening) };
}

function metaOf(request: FastifyRequest, { occurredAt, reason }: Happening): CommandMeta {
  const sender = senderOf(request);
  const commandId = commandIdOf(sender.id, idempotencyKeyOf(request));
  return {
    commandId,
    actor: actorOf(sender),
    occurredAt,
    reason,
    correlationId: request.id,
    causationId: commandId,
    expectedRevision: ifMatchOf(request),
  };
}

/**
 * The id behind an address in a path: an id, or `system:id` of a record from outside.
 * @throws InvalidFields
 */
export function addressOf(kind: IdKind, address: string): string {
  const id = parseAddress(kind, address);
  if (id !== undefined) return id;
  throw InvalidFields.one('id', 'address', 'must be a UUID in lower case, or SYSTEM:ID of a record from outside');
}

/** Answers a command: 201 when it made the resource, 200 when that was there already, with its revision and position. */
export function answerCreated(reply: FastifyReply, outcome: Outcome, location: string): object {
  reply.status(outcome.appended > 0 || outcome.repeated ? 201 : 200).header('location', location);
  return answer(reply, outcome);
}

export function answer(reply: FastifyReply, { id, revision, position }: Outcome): object {
  setRevision(reply, revision);
  return { id, revision, position: position?.toString() };
}

/** Tells the revision of the resource's stream, as `If-Match` takes it. */
export function setRevision(reply: FastifyReply, revision: number): void {
  reply.header('etag', `"${revision}"`);
}

/** The request's own id, kept when it is a UUID: it becomes the correlation id of what the request brings about. */
export function requestId(header: string | string[] | undefined): string {
  return isUuid(header) ? header : newId();
}

function idempotencyKeyOf({ headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && /^[\x20-\x7e]{1,255}$/.test(key)) return key;
  throw invalidHeader('Idempotency-Key', 'must be 1 to 255 visible ASCII characters');
}

/** RFC 9110, section 13.1.1: a tag that is no revision of ours matches nothing, and `*` matches whatever is there. */
function ifMatchOf({ headers }: FastifyRequest): number | undefined {
  const value = headers['if-match'];
  if (value === undefined || value === '*') return undefined;
  const match = /^"(\d{1,15})"$/.exec(value);
  if (match) return Number(match[1]);
  throw new PreconditionFailedException('If-Match names no revision: send one in quotes, as "3".');
}

function invalidHeader(field: string, message: string): InvalidFields {
  return InvalidFields.one(field, 'header', message);
}

function objectOf(body: unknown): Record<string, unknown> {
  if (isJsonObject(body)) return body;
  throw new InvalidFields([{ field: '', rule: 'object', message: 'The body must be a JSON object' }]);
}
