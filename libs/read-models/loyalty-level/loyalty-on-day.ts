import type { RulesPublished } from '#contracts/rules.events.js';
import { balanceOn, byExpiry, isOpenOn, nextExpiryAfter } from '#domain/loyalty/balance.js';
import { ledgerOn } from '#domain/loyalty/ledger-on.js';
import { type LoyaltyStanding, loyaltyLevelOn } from '#domain/loyalty/standing.js';
import type { Lot, LoyaltyLedger } from '#domain/loyalty/state.js';

/** Points that can still be spent, of one lot. */
export interface OpenLot {
  lotId: string;
  points: number;
  earnedOn: string;
  /** The first day on which they can no longer be spent. Left out: they never expire. */
  expiresOn?: string;
}

export interface LoyaltyOnDay {
  customerId: string;
  /** The day that the answer is for. */
  date: string;
  /** Points that can be spent on that day. */
  balance: number;
  /** Points owed: what a return claimed beyond the open lots. The next earnings repay it. */
  deficit: number;
  /** The open lots, first-expiring first; of very many the first. */
  lots: OpenLot[];
  /** When points expire next, and how many. Left out: none do. */
  nextExpiry?: { expiresOn: string; points: number };
  /** The name of the loyalty level on that day, and what it rests on. */
  loyaltyLevel: string;
  standing: Omit<LoyaltyStanding, 'loyaltyLevel'>;
}

const MOST_LOTS = 100;

/** What a ledger comes to on a day. */
export function loyaltyOn(
  customerId: string,
  ledger: LoyaltyLedger,
  rules: RulesPublished<'loyalty'>[],
  date: string,
): LoyaltyOnDay {
  const { loyaltyLevel, ...standing } = loyaltyLevelOn(ledger, rules, date);
  const { lots, deficit } = ledgerOn(ledger, date);
  const open = lots.filter((lot) => lot.remaining > 0 && isOpenOn(lot, date)).sort(byExpiry);
  const expiresOn = nextExpiryAfter({ lots: open }, date);
  const expiring = open.reduce((sum, lot) => (lot.expiresOn === expiresOn ? sum + lot.remaining : sum), 0);
  return {
    customerId,
    date,
    balance: balanceOn(ledger, date),
    deficit,
    lots: open.slice(0, MOST_LOTS).map(toOpenLot),
    ...(expiresOn !== undefined && { nextExpiry: { expiresOn, points: expiring } }),
    loyaltyLevel,
    standing,
  };
}

function toOpenLot({ lotId, remaining, earnedOn, expiresOn }: Lot): OpenLot {
  return { lotId, points: remaining, earnedOn, ...(expiresOn !== undefined && { expiresOn }) };
}
