import {
  BusinessDay,
  Count,
  Currency,
  Decimal,
  Flag,
  Id,
  ListOf,
  Nested,
  Optional,
  Text,
  WholeNumber,
} from './fields.js';

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
  /** Of a correction: what the purchase had earned before it, which is taken off. */
  @Optional() @Count() alreadyEarned?: number;
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
  /** Of a correction: the event of the purchase, which qualifies on its own day. */
  @Optional() @Id() purchasedEventId?: string;
  /** Of a correction: the day on which they were credited. Left out: `earnedOn`. */
  @Optional() @BusinessDay() creditedOn?: string;
  /** How many of them repaid a deficit at once. Left out: none. */
  @Optional() @Count(1) repaid?: number;
  /** Of a purchase of a customer who had been merged into this one: the merge, with which they go back. */
  @Optional() @Id() mergeId?: string;
}

/** How many points were taken from a lot, or given back to it. */
export class LotAllocation {
  @Id() lotId!: string;
  @Count(1) points!: number;
}

export class PointsRedeemed {
  @Id() redemptionId!: string;
  @Count(1) points!: number;
  /** First-expiring first. Σ = points. */
  @ListOf(() => LotAllocation, { most: 10_000 }) allocations!: LotAllocation[];
  @BusinessDay() redeemedOn!: string;
  @Optional() @Text(500) reward?: string;
  /** Here and below: the next day on which points that are left expire. Left out: none do. */
  @Optional() @BusinessDay() nextExpiresOn?: string;
}

/** The points go back to the lots that they were taken from. */
export class RedemptionReversed {
  @Id() redemptionId!: string;
  @Text(500) reason!: string;
  @Optional() @BusinessDay() reversedOn?: string;
  @Optional() @BusinessDay() nextExpiresOn?: string;
}

/** A return takes back the points that its lines earned: from lots, then as a deficit. */
export class PointsClawedBack {
  /** The return, or the purchase where it was cancelled. One claw-back each. */
  @Id() returnId!: string;
  /** The event whose points are claimed. */
  @Id() sourceEventId!: string;
  /** Σ allocations + deficit: what no longer qualifies. */
  @Count(1) points!: number;
  @ListOf(() => LotAllocation, { least: 0, most: 10_000 }) allocations!: LotAllocation[];
  /** What no open lot could give. */
  @Count() deficit!: number;
  /** Left out: the day, in UTC, on which it happened. */
  @Optional() @BusinessDay() clawedBackOn?: string;
  @Optional() @BusinessDay() nextExpiresOn?: string;
  /** Of a purchase of a customer who had been merged into this one: the merge. */
  @Optional() @Id() mergeId?: string;
}

/** Announces that what was left of a lot can no longer be spent. */
export class PointsExpired {
  @Id() lotId!: string;
  @Count(1) points!: number;
  @Optional() @BusinessDay() nextExpiresOn?: string;
}

/** Points given (a lot of their own) or taken (from lots) by hand. */
export class PointsAdjusted {
  @Id() adjustmentId!: string;
  /** Above zero: given, below: taken. */
  @WholeNumber() points!: number;
  /** Of points taken: from which lots. */
  @Optional() @ListOf(() => LotAllocation, { least: 0, most: 10_000 }) allocations?: LotAllocation[];
  /** Of points given: the first day on which they can no longer be spent. Left out: they never expire. */
  @Optional() @BusinessDay() expiresOn?: string;
  @BusinessDay() adjustedOn!: string;
  @Text(500) reason!: string;
  @Optional() @BusinessDay() nextExpiresOn?: string;
}

/** A lot on its way from one ledger to another, as it stood there. */
export class TransferredLot {
  @Id() lotId!: string;
  @Id() sourceEventId!: string;
  /** As earned, net of claw-backs: what qualifies. */
  @Count() points!: number;
  /** What can still be spent. */
  @Count() remaining!: number;
  @BusinessDay() earnedOn!: string;
  @Optional() @BusinessDay() expiresOn?: string;
  /** Of a correction's points: the event of the purchase. */
  @Optional() @Id() purchasedEventId?: string;
  /** How its points were reckoned: a later return goes on from there. */
  @Optional() @Count(1) minorUnitsPerPoint?: number;
  @Optional() @Decimal() multiplier?: string;
}

/** A claim that was settled, by its return and the event whose points were claimed. */
export class SettledClaim {
  @Id() returnId!: string;
  @Id() sourceEventId!: string;
}

/** A merge, or its undoing, moves lots and what is owed to another customer's ledger. */
export class PointsTransferredOut {
  @Id() mergeId!: string;
  @Id() toCustomerId!: string;
  @ListOf(() => TransferredLot, { least: 0, most: 10_000 }) lots!: TransferredLot[];
  @Count() deficit!: number;
  /** Which part of the transfer, from 1: a ledger may hold more lots than an event. */
  @Optional() @Count(1) part?: number;
  /** The merge was undone: what is left of its lots goes back. */
  @Optional() @Flag() back?: boolean;
  /** The merge that was undone. */
  @Optional() @Id() undoes?: string;
  /** What was claimed of the customer's purchases meanwhile: it is not claimed again. */
  @Optional() @ListOf(() => SettledClaim, { most: 10_000 }) claims?: SettledClaim[];
  @Optional() @BusinessDay() transferredOn?: string;
  @Optional() @BusinessDay() nextExpiresOn?: string;
}

export class PointsTransferredIn {
  @Id() mergeId!: string;
  @Id() fromCustomerId!: string;
  @ListOf(() => TransferredLot, { least: 0, most: 10_000 }) lots!: TransferredLot[];
  @Count() deficit!: number;
  /** Which part of the transfer, from 1: a ledger may hold more lots than an event. */
  @Optional() @Count(1) part?: number;
  /** The merge was undone: what is left of its lots goes back. */
  @Optional() @Flag() back?: boolean;
  /** The merge that was undone. */
  @Optional() @Id() undoes?: string;
  /** What was claimed of the customer's purchases meanwhile: it is not claimed again. */
  @Optional() @ListOf(() => SettledClaim, { most: 10_000 }) claims?: SettledClaim[];
  @Optional() @BusinessDay() transferredOn?: string;
  @Optional() @BusinessDay() nextExpiresOn?: string;
}

export class LoyaltyLevelWindow {
  @BusinessDay() from!: string;
  @BusinessDay() to!: string;
}

/** Announces a change of the present; the loyalty level itself is a function of ledger, rules and date. */
export class LoyaltyLevelChange {
  @Text(50) from!: string;
  @Text(50) to!: string;
  /** The qualifying points that decided. */
  @Count() basis!: number;
  @Nested(() => LoyaltyLevelWindow) window!: LoyaltyLevelWindow;
  /** The day on which points decide again. Left out at the lowest loyalty level: there is nothing to lose. */
  @Optional() @BusinessDay() reviewOn?: string;
}

export class LoyaltyLevelUpgraded extends LoyaltyLevelChange {}

export class LoyaltyLevelRenewed extends LoyaltyLevelChange {}

export class LoyaltyLevelDowngraded extends LoyaltyLevelChange {}

/** Set by a person, whatever the points say; held like one that was reached. */
export class LoyaltyLevelSet {
  @Text(50) loyaltyLevel!: string;
  @BusinessDay() setOn!: string;
  @Text(500) reason!: string;
  @Optional() @BusinessDay() reviewOn?: string;
}
