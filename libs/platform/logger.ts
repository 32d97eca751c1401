import { type Logger, pino } from 'pino';

export type { Logger };

/** JSON lines on standard error; standard output belongs to what a program answers. */
export function createLogger(name: string, level: string): Logger {
  return pino({ name, level, base: { name } }, pino.destination(2));
}
