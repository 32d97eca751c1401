import type {
  CustomerPurchased,
  PaymentReceived,
  PurchaseCancelled,
  PurchaseContent,
  PurchaseCosted,
  PurchaseFulfilled,
  PurchaseReturned,
  UnlinkedReturnRecorded,
} from '#contracts/purchase.events.js';

export type RecordPurchase = { type: 'RecordPurchase' } & CustomerPurchased;

/** A return whose purchase is not known. */
export type RecordUnlinkedReturn = { type: 'RecordUnlinkedReturn' } & UnlinkedReturnRecorded;

/** What comes after a purchase. What the events hold besides is filled in from what is recorded. */
export type CostPurchase = { type: 'CostPurchase' } & Pick<PurchaseCosted, 'lines'>;
/** Left out, it was delivered when the command's facts happened. */
export type FulfilPurchase = { type: 'FulfilPurchase'; deliveredAt?: string } & Omit<PurchaseFulfilled, 'deliveredAt'>;
export type ReceivePayment = { type: 'ReceivePayment' } & PaymentReceived;
export type ReturnPurchase = { type: 'ReturnPurchase' } & Pick<
  PurchaseReturned,
  'returnId' | 'lines' | 'refund' | 'reason'
>;
export type CancelPurchase = { type: 'CancelPurchase' } & Pick<PurchaseCancelled, 'reason'>;
export type CorrectPurchase = { type: 'CorrectPurchase'; after: PurchaseContent; reason: string };

/** A command to a purchase that has been recorded. */
export type FollowUp =
  | CostPurchase
  | FulfilPurchase
  | ReceivePayment
  | ReturnPurchase
  | CancelPurchase
  | CorrectPurchase;

export type PurchaseCommand = RecordPurchase | RecordUnlinkedReturn | FollowUp;
