import type { RulesPublished } from '#contracts/rules.events.js';

/** What earns points: a purchase, by the event that recorded it. */
export interface EarningSource {
  eventId: string;
  occurredAt: string;
  /** What was paid, in minor units of the currency. */
  amount: number;
  currency: string;
}

/** Points for every source that has not earned yet. The first use enrols the customer. */
export interface EarnPoints {
  type: 'EarnPoints';
  customerId: string;
  sources: EarningSource[];
  /** Every published version of the loyalty rules. */
  rules: RulesPublished<'loyalty'>[];
}

export type LoyaltyCommand = EarnPoints;
