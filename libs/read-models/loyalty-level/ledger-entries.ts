import type { Movement } from '#domain/loyalty/state.js';
import { creditedOn, type Lot, type LoyaltyLedger } from '#domain/loyalty/state.js';

/** One movement of a ledger, as a statement of account tells it. */
export interface LedgerEntry {
  /** Its place in the ledger, from 1: the order in which they were recorded. */
  number: number;
  kind: 'earned' | 'corrected' | 'given' | Movement['kind'];
  /** Of the source event, redemption, return, adjustment or merge. */
  id: string;
  on: string;
  /** By how much it changed what can be spent, the deficit included. */
  points: number;
  lots: { lotId: string; points: number }[];
  /** By how much the deficit changed; left out: not at all. */
  deficit?: number;
  /** Of points that came: when they were earned, and the first day on which they can no longer be spent. */
  earnedOn?: string;
  expiresOn?: string;
  otherCustomerId?: string;
}

/** Every movement in the order recorded. Expiry is none: it is what the days of the lots say. */
export function ledgerEntries({ lots, movements }: LoyaltyLedger): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  let deficit = 0;
  let told = 0;
  const add = (entry: Omit<LedgerEntry, 'number'>): void => {
    entries.push({ number: entries.length + 1, ...entry });
    deficit += entry.deficit ?? 0;
  };
  const tellLots = (count: number): void => {
    for (; told < count; told++) {
      const lot = lots[told]!;
      // What another ledger sent is told by the transfer.
      if (lot.credited > 0) add(entryOfLot(lot, Math.min(deficit, lot.credited)));
    }
  };
  for (const movement of movements) {
    tellLots(movement.lotsBefore);
    add(entryOfMovement(movement, lots));
  }
  tellLots(lots.length);
  return entries;
}

function entryOfLot(lot: Lot, repaid: number): Omit<LedgerEntry, 'number'> {
  const { lotId, sourceEventId, credited, earnedOn, expiresOn, isByHand, purchasedEventId } = lot;
  return {
    kind: isByHand ? 'given' : purchasedEventId === undefined ? 'earned' : 'corrected',
    id: sourceEventId,
    on: creditedOn(lot),
    points: credited,
    lots: [{ lotId, points: credited - repaid }],
    ...(repaid > 0 && { deficit: -repaid }),
    earnedOn,
    ...(expiresOn !== undefined && { expiresOn }),
  };
}

function entryOfMovement(
  { kind, id, on, changes, deficit = 0, otherCustomerId }: Movement,
  lots: Lot[],
): Omit<LedgerEntry, 'number'> {
  const changed = changes.filter(([, remaining]) => remaining !== 0);
  return {
    kind,
    id,
    on,
    points: changed.reduce((sum, [, remaining]) => sum + remaining, 0) - deficit,
    lots: changed.map(([place, points]) => ({ lotId: lots[place]!.lotId, points })),
    ...(deficit !== 0 && { deficit }),
    ...(otherCustomerId !== undefined && { otherCustomerId }),
  };
}
