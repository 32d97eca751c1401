import { Code, Count, Decimal, ListOf, Optional, Text } from '../fields.js';

export class LoyaltyLevelRule {
  @Text(50) name!: string;
  /** Qualifying points from which the loyalty level is reached. */
  @Count() threshold!: number;
  /** Multiplies the points of a purchase made at this loyalty level. */
  @Optional() @Decimal() multiplier?: string;
}

/** Rules of the loyalty programme: see `docs/loyalty.md`. */
export class LoyaltyRules {
  /** The IANA time zone in which a purchase's day is told. */
  @Text(64) timeZone!: string;
  /** Whole units of the purchase's currency for one point: dollars, not cents. */
  @Count(1) unitsPerPoint!: number;
  /** Days after the earning day through which points can be spent. Left out: they never expire. */
  @Optional() @Count(1) expiryDays?: number;
  @Code(['calendarMonths', 'calendarYear', 'lifetime']) window!: 'calendarMonths' | 'calendarYear' | 'lifetime';
  /** Length of the window, and how long a loyalty level is held, in calendar months. */
  @Count(1) windowMonths!: number;
  @Count() graceDays!: number;
  /** From the lowest, whose threshold is 0, to the highest. */
  @ListOf(() => LoyaltyLevelRule, { most: 20 }) levels!: LoyaltyLevelRule[];
}
