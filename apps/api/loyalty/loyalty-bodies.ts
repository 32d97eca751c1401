import { BusinessDay, Count, Id, Optional, Text, WholeNumber } from '#contracts/fields.js';
import { Limit, ReadQuery } from '../http/query.js';

export class RedemptionBody {
  /** Left out: derived from the command. */
  @Optional() @Id() redemptionId?: string;
  @Count(1) points!: number;
  @Optional() @Text(500) reward?: string;
}

export class ReversalBody {
  @Id() redemptionId!: string;
  @Text(500) reason!: string;
}

export class AdjustmentBody {
  /** Left out: derived from the command. */
  @Optional() @Id() adjustmentId?: string;
  /** Above zero: given, below: taken. */
  @WholeNumber() points!: number;
  /** Of points given: the first day on which they can no longer be spent. Left out: they never expire. */
  @Optional() @BusinessDay() expiresOn?: string;
  @Text(500) reason!: string;
}

export class LevelBody {
  @Text(50) loyaltyLevel!: string;
  @Text(500) reason!: string;
}

const MOST_ENTRIES = 1_000;

/** The parameters of a page of the ledger. */
export class LedgerQuery extends ReadQuery {
  /** The number of the last entry seen. */
  @Optional() @Count() after?: number;
  @Optional() @Limit(MOST_ENTRIES) limit?: number;
}
