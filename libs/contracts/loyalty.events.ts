import { BusinessDay, Count, Currency, Decimal, Id, Nested, Optional, Text } from './fields.js';

export class LoyaltyEnrolled {
  @Id() customerId!: string;
}

/** How the points of a lot came about: `floor(amount / minorUnitsPerPoint) × multiplier`. */
export class EarningBreakdown {
  /** In minor units of the purchase's currency. */
  @Count() amount!: number;
  @Currency() currency!: string;
  @Count(1) minorUnitsPerPoint!: number;
  /** Of the loyalty level held on the purchase's day. */
  @Decimal() multiplier!: string;
}

export class PointsEarned {
  @Id() lotId!: string;
  @Count(1) points!: number;
  /** The event that earned them: a source earns once, for ever. */
  @Id() sourceEventId!: string;
  @BusinessDay() earnedOn!: string;
  /** The first day on which they can no longer be spent. Left out: they never expire. */
  @Optional() @BusinessDay() expiresOn?: string;
  @Count(1) rulesVersion!: number;
  @Nested(() => EarningBreakdown) breakdown!: EarningBreakdown;
}

export class LoyaltyLevelWindow {
  @BusinessDay() from!: string;
  @BusinessDay() to!: string;
}

/** Announces a change of the present; the loyalty level itself is a function of ledger, rules and date. */
export class LoyaltyLevelUpgraded {
  @Text(50) from!: string;
  @Text(50) to!: string;
  /** The qualifying points that decided. */
  @Count() basis!: number;
  @Nested(() => LoyaltyLevelWindow) window!: LoyaltyLevelWindow;
}
