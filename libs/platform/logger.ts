import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

/** What a log keeps of an error. */
export interface LoggedError {
  type: string;
  message: string;
  code?: string | number;
  stack?: string;
  cause?: LoggedError;
}

/** Causes of causes: enough to find out, and an end where an error is its own cause. */
const DEEPEST_CAUSE = 5;

/** JSON lines on standard error; standard output belongs to what a program answers. Errors are logged as `err`. */
export function createLogger(
  name: string,
  level: string,
  destination: DestinationStream = pino.destination(2),
): Logger {
  return pino({ name, level, base: { name }, serializers: { err: loggedError } }, destination);
}

/**
 * Nothing else that an error carries: `detail`, `where` and `internalQuery` of PostgreSQL's hold values of rows, and so
 * the personal data of customers.
 */
function loggedError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  const { code, cause } = error as Error & { code?: unknown };
  const logged: LoggedError = { type: error.constructor.name, message: error.message };
  if (typeof code === 'string' || typeof code === 'number') logged.code = code;
  if (error.stack !== undefined) logged.stack = error.stack;
  if (cause instanceof Error && depth < DEEPEST_CAUSE) logged.cause = loggedError(cause, depth + 1) as LoggedError;
  return logged;
}
