import { BusinessDay, Count, Id, Optional, rule, Text, WholeNumber } from '#contracts/fields.js';

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

const digits = (name: string, most: number, least: number) =>
  rule(
    name,
    (value) => typeof value === 'string' && /^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most,
    `must be a whole number from ${least} to ${most}`,
    { type: 'integer', minimum: least, maximum: most },
  );

/** The parameters of a page of the ledger, as text. */
export class LedgerQuery {
  /** The number of the last entry seen. */
  @Optional() @digits('after', 999_999_999, 0) after?: string;
  @Optional() @digits('limit', 1_000, 1) limit?: string;
  /** Everything up to this position must be in the answer. */
  @Optional()
  @rule(
    'position',
    (value) => typeof value === 'string' && /^\d{1,18}$/.test(value),
    'must be a position, as a command answers it',
    { type: 'string', pattern: '^\\d{1,18}$' },
  )
  position?: string;
  /** Also what the policies made of it. */
  @Optional()
  @rule('boolean', (value) => value === 'true' || value === 'false', 'must be true or false', { type: 'boolean' })
  settled?: string;
}
