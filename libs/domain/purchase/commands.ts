import type { CustomerPurchased, UnlinkedReturnRecorded } from '#contracts/purchase.events.js';

export type RecordPurchase = { type: 'RecordPurchase' } & CustomerPurchased;

/** A return whose purchase is not known. */
export type RecordUnlinkedReturn = { type: 'RecordUnlinkedReturn' } & UnlinkedReturnRecorded;

export type PurchaseCommand = RecordPurchase | RecordUnlinkedReturn;
