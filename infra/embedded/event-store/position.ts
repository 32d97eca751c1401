import { invalidArgument } from './errors.js';

/** Positions are multiples of this, so that one which was never handed out can be told. */
const STRIDE = 16;
const END = '18446744073709551615';

export function positionOf(sequence: number): number {
  return sequence * STRIDE;
}

/**
 * The sequence number of a position; 0 for the start, `undefined` for the protocol's "end".
 * @throws when no event has this position.
 */
export function sequenceOfPosition(commit: string, prepare: string, last: number): number | undefined {
  if (commit === END && prepare === END) return undefined;
  const sequence = Number(commit) / STRIDE;
  if (commit !== prepare || !Number.isInteger(sequence) || sequence > last)
    throw invalidArgument('Trying to read from an invalid position.');
  return sequence;
}
