import { setTimeout as sleep } from 'node:timers/promises';

/** How a failed event is tried again. */
export interface RetryOptions {
  /** How often an event is tried before it becomes a dead letter: 5 unless told otherwise. */
  attempts?: number;
  /** The pause after the first failure, doubled after each further one: 100 ms unless told otherwise. */
  firstDelayMs?: number;
  /** The longest pause: 10 s unless told otherwise. */
  longestDelayMs?: number;
  /**
   * Whether an error is not the event's fault, so that it is tried until it succeeds. Unless told otherwise: a server
   * that cannot be reached, a deadlock, a serialisation failure, a full disk.
   */
  isTransient?: (error: unknown) => boolean;
}

export type Retrying = Required<RetryOptions>;

export function retryingOf(options: RetryOptions = {}): Retrying {
  return { attempts: 5, firstDelayMs: 100, longestDelayMs: 10_000, isTransient, ...options };
}

/** @param failures how often it failed so far, from 1. */
export function delayAfter(failures: number, { firstDelayMs, longestDelayMs }: Retrying): number {
  return Math.min(longestDelayMs, firstDelayMs * 2 ** (failures - 1));
}

/** The subscriber is stopping: what waited for another try is given back to Kafka. */
export class Stopping extends Error {
  constructor() {
    super('The subscriber is stopping.');
    this.name = 'Stopping';
  }
}

/** @throws Stopping at once when the signal says so. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch {
    throw new Stopping();
  }
}

/** What the work comes to, or Stopping as soon as the signal says so. */
export function orStopping(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new Stopping());
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** PostgreSQL: no connection, going away, no resources, a lost race. */
const SQLSTATES = /^(08|53|57P0|40001$|40P01$)/;
const SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** node-postgres has no codes for these. */
const MESSAGES = /Connection terminated|timeout exceeded when trying to connect|Client has encountered/;

/** Of a handler that writes to Kafka itself. */
const KAFKAJS = /^KafkaJS(Connection|RequestTimeout|BrokerNotFound|NumberOfRetriesExceeded)/;

/** Whether an error, or what caused it, says that the same call may succeed later. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && (SYSTEM_CODES.has(code) || SQLSTATES.test(code))) return true;
  // What Node throws when every address of a host refused.
  if (error instanceof AggregateError) return error.errors.some(isTransient);
  return KAFKAJS.test(error.name) || MESSAGES.test(error.message) || isTransient(error.cause);
}
