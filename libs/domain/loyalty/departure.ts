import type { LoyaltyLedger } from './state.js';

/** How points left a ledger, and for whose. */
export interface Departure {
  /** Of the transfer. */
  mergeId: string;
  toCustomerId: string;
  /** The merge that was undone; left out: all points went, with a merge. */
  undoes?: string;
}

/**
 * Whose ledger goes on with the points of this one, or with those that came by a merge which has been undone.
 * @returns undefined when they are here.
 */
export function departureOf({ movedTo, movements }: LoyaltyLedger, mergeId?: string): Departure | undefined {
  const out = movements.filter(({ kind }) => kind === 'movedOut');
  const back = mergeId === undefined ? undefined : out.find(({ undoes }) => undoes === mergeId);
  if (back !== undefined) return { mergeId: back.id, toCustomerId: back.otherCustomerId!, undoes: mergeId };
  const all = out.findLast(({ otherCustomerId }) => otherCustomerId === movedTo);
  return movedTo === undefined || all === undefined ? undefined : { mergeId: all.id, toCustomerId: movedTo };
}
