import type { PointsTransferredIn } from '#contracts/loyalty.events.js';
import type { RulesPublished } from '#contracts/rules.events.js';

/** What earns points: a purchase, by the event that recorded it. */
export interface EarningSource {
  eventId: string;
  occurredAt: string;
  /** What was paid, in minor units of the currency. */
  amount: number;
  currency: string;
}

/** What became of a purchase: a return, a cancellation or a correction, by the event that recorded it. */
export interface PurchaseChange {
  eventId: string;
  occurredAt: string;
  /** The purchase, by its own event. */
  purchase: Pick<EarningSource, 'eventId' | 'occurredAt' | 'currency'>;
  /** What the customer keeps of its total, before and after. */
  before: number;
  after: number;
  /** The return; the event itself where the purchase was cancelled or corrected. One claw-back each. */
  returnId: string;
  isCancellation?: boolean;
}

/** Every published version of the loyalty rules: the handler adds them. */
interface Judged {
  rules: RulesPublished<'loyalty'>[];
}

/**
 * Points for every source that has not earned yet, and back from every purchase that has changed. The first use enrols
 * the customer.
 */
export interface EarnPoints extends Judged {
  type: 'EarnPoints';
  customerId: string;
  sources: EarningSource[];
  changes?: PurchaseChange[];
  /** Of purchases of a customer who was merged into this one: the merge. */
  mergeId?: string;
}

export interface RedeemPoints {
  type: 'RedeemPoints';
  redemptionId: string;
  points: number;
  reward?: string;
}

export interface ReverseRedemption {
  type: 'ReverseRedemption';
  redemptionId: string;
  reason: string;
}

/** Above zero: given, below: taken. */
export interface AdjustPoints {
  type: 'AdjustPoints';
  customerId: string;
  adjustmentId: string;
  points: number;
  /** Of points given. Left out: they never expire. */
  expiresOn?: string;
  reason: string;
}

export interface SetLoyaltyLevel {
  type: 'SetLoyaltyLevel';
  customerId: string;
  loyaltyLevel: string;
  reason: string;
}

/** A deadline has passed: what is left of the lots that expired from this day on is told to be lost. */
export interface ExpirePoints {
  type: 'ExpirePoints';
  expiredFrom: string;
}

/** A deadline has passed: points have decided again. */
export interface ReviewLoyaltyLevel {
  type: 'ReviewLoyaltyLevel';
}

/** A merge, or its undoing, moves lots to another customer's ledger, a part at a time. */
export interface TransferPointsOut {
  type: 'TransferPointsOut';
  mergeId: string;
  toCustomerId: string;
  part: number;
  /** The merge that is undone: its lots alone go back. */
  undoes?: string;
}

/** The part as it left the other ledger. */
export interface TransferPointsIn {
  type: 'TransferPointsIn';
  customerId: string;
  transferred: PointsTransferredIn;
}

/** What the handler adds the published rules to. */
export type JudgedLater =
  | RedeemPoints
  | ReverseRedemption
  | AdjustPoints
  | SetLoyaltyLevel
  | ExpirePoints
  | ReviewLoyaltyLevel
  | TransferPointsOut
  | TransferPointsIn;

export type LoyaltyCommand = EarnPoints | (JudgedLater & Judged);
