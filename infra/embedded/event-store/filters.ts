import { invalidArgument } from './errors.js';
import { recordedText } from './recorded-event.js';

export interface FilterOptions {
  on: 'stream' | 'type';
  regex: string;
  prefixes: string[];
  /** Events considered between two checkpoints. */
  checkpointInterval: number;
}

export interface Filter {
  accepts(record: Buffer): boolean;
  checkpointInterval: number;
}

function compile(regex: string): RegExp {
  try {
    return new RegExp(regex);
  } catch (error) {
    throw invalidArgument(`The filter is not a regular expression: ${(error as Error).message}`);
  }
}

/** Makes a filter on stream names or event types, by regular expression or else by prefixes. */
export function createFilter({ on, regex, prefixes, checkpointInterval }: FilterOptions): Filter {
  const expression = regex ? compile(regex) : undefined;
  const matches = expression
    ? (text: string) => expression.test(text)
    : (text: string) => prefixes.some((prefix) => text.startsWith(prefix));
  return {
    checkpointInterval,
    accepts: (record) => matches(recordedText(record, on)),
  };
}
