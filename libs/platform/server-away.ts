import { ErrorType, isCommandError } from '@eventstore/db-client';

const EVENT_STORE_TYPES: ReadonlySet<string> = new Set([
  ErrorType.UNAVAILABLE,
  ErrorType.TIMEOUT,
  ErrorType.DEADLINE_EXCEEDED,
  ErrorType.CANCELLED,
  ErrorType.NOT_LEADER,
]);
/** Errors of PostgreSQL that say that the server goes away, is not up yet, or has no connection left. */
const SQLSTATES = /^(08|57P0|53300)/;
const SYSTEM_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH']);
/** gRPC's CANCELLED (the channel was closed below the call), DEADLINE_EXCEEDED and UNAVAILABLE, as not every call wraps them. */
const GRPC_CODES = new Set([1, 4, 14]);
/** node-postgres has no codes for these. */
const POSTGRES_MESSAGES = /Connection terminated|timeout exceeded when trying to connect|Client has encountered/;

/** What PostgreSQL says when it has no room left, and when it gave a transaction up in favour of another one. */
const UNABLE = /^(53|40)/;

/** Whether an error means that PostgreSQL is there and could not do it now: with what it was given nothing is wrong. */
export function isServerUnable(error: unknown): boolean {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' && code.length === 5 && UNABLE.test(code);
}

/** Whether an error means that a server cannot be reached at present, so that the same call may succeed later. */
export function isServerAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (isCommandError(error)) return EVENT_STORE_TYPES.has(error.type);
  if (/^KafkaJS(Connection|RequestTimeout|BrokerNotFound|NumberOfRetriesExceeded)/.test(error.name)) return true;
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && (SYSTEM_CODES.has(code) || SQLSTATES.test(code))) return true;
  if (typeof code === 'number' && 'metadata' in error && GRPC_CODES.has(code)) return true;
  // What Node throws when every address of a host refused.
  if (error instanceof AggregateError) return error.errors.some(isServerAway);
  return POSTGRES_MESSAGES.test(error.message) || isServerAway(error.cause);
}
