import { HttpException } from '@nestjs/common';
import { ConcurrencyConflict, DifferentContent, IdempotencyKeyReused, RevisionMismatch } from '#commands/errors.js';
import { InvalidFields } from '#contracts/validation.js';
import { RuleViolation } from '#domain/decider.js';
import { isServerAway, isServerUnable } from '#platform/server-away.js';
import { OtherVersionLive } from '#processing/builds/live-version.js';
import { Lagging } from '#processing/checkpoint-watch.js';
import { OtherHistory } from '#processing/other-history.js';
import { CustomerParked, PositionBeyondEnd } from '#read-models/view-reader.js';
import { NotAuthenticated } from '../auth/authentication.js';
import { TooManyRequests } from '../auth/rate-limit.js';
import { TokenKeysAway } from '../auth/tokens.js';
import { Stopping } from './draining.js';
import { MalformedBody } from './json-body.js';

/** A problem document, RFC 9457. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  /** The broken rule of the business, and the field that broke it. */
  rule?: string;
  field?: string;
  /** Of `customer-parked`: in which view, and from which position on. */
  view?: string;
  position?: string;
  /** Every field that broke a rule of form. */
  errors?: { field: string; rule: string; message: string }[];
}

const TITLES: Record<number, string> = {
  400: 'The request cannot be understood',
  401: 'A credential is needed',
  403: 'The credential does not allow it',
  404: 'It does not exist',
  405: 'This method is not for this resource',
  409: 'It contradicts the present state',
  412: 'The resource has changed',
  413: 'The body is too large',
  414: 'The path is too long',
  415: 'The body must be application/json',
  422: 'A rule of the business forbids it',
  429: 'Too many requests',
  503: 'It cannot be answered at present',
};

/** The document for an error; undefined for one that is a bug. */
export function toProblem(error: unknown): Problem | undefined {
  if (error instanceof InvalidFields) {
    return problem(400, 'invalid-fields', error.message, { errors: error.fields });
  }
  if (error instanceof MalformedBody) return problem(400, 'malformed-body', error.message);
  if (error instanceof PositionBeyondEnd) return problem(400, 'position-beyond-end', error.message);
  if (error instanceof RuleViolation) {
    const status = { 'not-found': 404, conflict: 409, invalid: 422 }[error.kind];
    return problem(status, error.rule, error.message, { rule: error.rule, ...(error.field && { field: error.field }) });
  }
  if (error instanceof CustomerParked) {
    const { view, position } = error;
    return problem(409, 'customer-parked', error.message, { rule: 'customer-parked', view, position });
  }
  if (error instanceof RevisionMismatch) return problem(412, 'revision-mismatch', error.message);
  if (error instanceof IdempotencyKeyReused) return problem(422, 'idempotency-key-reused', error.message);
  if (error instanceof DifferentContent) return problem(409, 'different-content', error.message);
  if (error instanceof ConcurrencyConflict) return problem(409, 'concurrency-conflict', error.message);
  if (error instanceof NotAuthenticated) return problem(401, 'not-authenticated', error.message);
  if (error instanceof TooManyRequests) return problem(429, 'too-many-requests', error.message);
  if (error instanceof TokenKeysAway) return problem(503, 'token-keys-away', error.message);
  if (error instanceof Stopping) return problem(503, 'stopping', error.message);
  if (error instanceof Lagging) return problem(503, 'lagging', error.message);
  if (error instanceof OtherVersionLive) return problem(503, 'other-version-live', error.message);
  // What to do about it is for the log, and for whoever runs the system.
  if (error instanceof OtherHistory)
    return problem(503, 'other-store', 'The event store is not the one that the views were made from.');
  if (isServerAway(error)) return problem(503, 'server-away', 'A server that this needs cannot be reached. Try again.');
  if (isServerUnable(error)) {
    return problem(
      503,
      'server-unable',
      'A server that this needs has no room left, or was in the way of others. Try again.',
    );
  }
  if (error instanceof HttpException) {
    return problem(error.getStatus(), `http-${error.getStatus()}`, error.message);
  }
  const status = (error as { statusCode?: number } | undefined)?.statusCode;
  if (status !== undefined && status >= 400 && status < 500) {
    return problem(status, `http-${status}`, (error as Error).message);
  }
  return undefined;
}

function problem(status: number, slug: string, detail: string, more: Partial<Problem> = {}): Problem {
  return { type: `urn:rapport:problem:${slug}`, title: TITLES[status] ?? 'It was refused', status, detail, ...more };
}
