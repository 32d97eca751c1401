import type { SettledClaim } from '#contracts/loyalty.events.js';

/** Points that came together. */
export interface Lot {
  lotId: string;
  /** What credited them: a source earns once, for ever. */
  sourceEventId: string;
  /** Of a correction's points: the event of the purchase. */
  purchasedEventId?: string;
  /** When it was recorded, in points; 0 where it came from another ledger, by a movement. */
  credited: number;
  /** As earned, net of claw-backs: what qualifies for a loyalty level, whatever was spent. */
  points: number;
  /** What can still be spent, until it expires. */
  remaining: number;
  earnedOn: string;
  /** The day from which the ledger has it, where that is not `earnedOn`. */
  creditedOn?: string;
  /** The first day on which they can no longer be spent. Left out: they never expire. */
  expiresOn?: string;
  /** How they were reckoned; left out where no purchase earned them. */
  minorUnitsPerPoint?: number;
  /** Left out: 1. */
  multiplier?: string;
  /** The version of the rules that they were reckoned by, where they were earned on this ledger. */
  rulesVersion?: number;
  /** Given by hand: they can be spent and do not qualify. */
  isByHand?: true;
  /** The merge that brought it here, or by which its purchase earned here: it goes back with that. */
  mergeId?: string;
  /** Its expiry has been announced. */
  isExpiryTold?: true;
}

/** Which lot, by its place in the ledger; by how much what can be spent changes; and what qualifies. */
export type LotChange = [lot: number, remaining: number, points: number];

/** What changed lots and deficit on a day, after the lots were there. */
export interface Movement {
  kind: 'redeemed' | 'reversed' | 'clawedBack' | 'taken' | 'movedOut' | 'movedIn';
  /** Of the redemption, return, adjustment or merge. */
  id: string;
  on: string;
  /** How many lots had been recorded by then, those that it brought included. */
  lotsBefore: number;
  changes: LotChange[];
  /** By how much the deficit changes; left out: not at all. */
  deficit?: number;
  /** Of a claw-back: the event whose points are claimed. */
  sourceEventId?: string;
  /** Of a claw-back: the merge by which the purchase's customer is one with this one. */
  mergeId?: string;
  /** Of a transfer: the other customer, and the part. */
  otherCustomerId?: string;
  part?: number;
  /** Of a transfer back: the merge that was undone, and what was claimed under it. */
  undoes?: string;
  claims?: SettledClaim[];
}

/** A loyalty level that a person has set. */
export interface LevelSet {
  loyaltyLevel: string;
  on: string;
}

/**
 * What has happened on a `loyalty-{customerId}` stream: lots and movements, never a running total by day, so that
 * balance and loyalty level are functions of (ledger, rules, date), see docs/loyalty.md. What has expired or was spent
 * stays: earlier days are asked for, and a source may never earn again. It is bounded by its events, each a lot or a
 * movement. Plain JSON: it is cached and put into snapshots.
 */
export interface LoyaltyLedger {
  /** The customer enrolled; left out before. */
  customerId?: string;
  /** In the order in which they were recorded, as they stand after everything that was. */
  lots: Lot[];
  /** What changed lots and deficit since they came, in the order recorded. */
  movements: Movement[];
  /** Points owed: what a return claimed beyond the open lots. The next earnings repay it. */
  deficit: number;
  levelsSet: LevelSet[];
  /** The loyalty level last announced and its review; left out: none, which is the lowest. */
  announced?: { loyaltyLevel: string; reviewOn?: string };
  /** Whose ledger goes on with these points: the customer was merged. */
  movedTo?: string;
}

export const emptyLedger: LoyaltyLedger = { lots: [], movements: [], deficit: 0, levelsSet: [] };

/** The day from which the ledger has a lot. */
export function creditedOn(lot: Pick<Lot, 'earnedOn' | 'creditedOn'>): string {
  return lot.creditedOn ?? lot.earnedOn;
}
