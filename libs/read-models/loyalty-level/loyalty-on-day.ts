import type { RulesPublished } from '#contracts/rules.events.js';
import { balanceOn } from '#domain/loyalty/balance.js';
import { type LoyaltyStanding, loyaltyLevelOn } from '#domain/loyalty/standing.js';
import type { LoyaltyLedger } from '#domain/loyalty/state.js';

export interface LoyaltyOnDay {
  customerId: string;
  /** The day that the answer is for. */
  date: string;
  /** Points that can be spent on that day. */
  balance: number;
  /** The name of the loyalty level on that day, and what it rests on. */
  loyaltyLevel: string;
  standing: Omit<LoyaltyStanding, 'loyaltyLevel'>;
}

/** What a ledger comes to on a day. */
export function loyaltyOn(
  customerId: string,
  ledger: LoyaltyLedger,
  rules: RulesPublished<'loyalty'>[],
  date: string,
): LoyaltyOnDay {
  const { loyaltyLevel, ...standing } = loyaltyLevelOn(ledger, rules, date);
  return { customerId, date, balance: balanceOn(ledger, date), loyaltyLevel, standing };
}
