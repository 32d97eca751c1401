import { Count, NumberBetween, Optional } from '../fields.js';

/** When a customer is at risk of leaving: how much each factor adds to the score, and from which score on. */
export class RetentionRules {
  /** A customer's own rhythm is known from so many purchases on. */
  @Count(2) rhythmPurchases!: number;
  /** Days between purchases where the rhythm is not known. */
  @Count(1) usualRhythmDays!: number;
  /** A customer's own rhythm counts as at least so many days: who bought three times in a day is not gone on the next. */
  @Count(1) shortestRhythmDays!: number;
  /** Inactive after so many times the rhythm without a purchase. */
  @NumberBetween(1, 100) inactiveAfterRhythms!: number;
  /** Churned after so many times the rhythm without a purchase. Left out: only people say that a customer has churned. */
  @Optional() @NumberBetween(1, 100) churnedAfterRhythms?: number;
  /** Every factor adds its weight once, however many facts it rests on. */
  @NumberBetween(0, 1) inactivityWeight!: number;
  @NumberBetween(0, 1) openComplaintWeight!: number;
  @NumberBetween(0, 1) poorSatisfactionWeight!: number;
  @NumberBetween(0, 1) brokenPromiseWeight!: number;
  /** Satisfaction is poor at or below this share of its scale: 0 the worst answer, 1 the best. */
  @NumberBetween(0, 1) poorSatisfactionShare!: number;
  @NumberBetween(0, 1) mediumFrom!: number;
  @NumberBetween(0, 1) highFrom!: number;
  /** Facts older than so many days say nothing about the present. */
  @Count(1) presentDays!: number;
}
