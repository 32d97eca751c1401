import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { KeptPurchases } from './kept-purchases.js';

/** A purchase that may become the last one. */
export interface RhythmPurchase {
  purchaseId: string;
  eventId: string;
  correlationId: string;
  at: string;
}

/** When a customer bought, as far as it says something about the present, and what has been made of their silence. */
@Entity({ schema: 'views', name: 'purchase_rhythm' })
export class PurchaseRhythm {
  @PrimaryColumn('uuid') customerId!: string;
  /** Those that were not cancelled; the columns below follow from them. */
  @Column('json') kept!: KeptPurchases<RhythmPurchase>;
  @Column('bigint') purchases!: number;
  @Column('timestamptz') firstPurchaseAt!: string;
  @Column('timestamptz') lastPurchaseAt!: string;
  @Column('uuid') lastPurchaseId!: string;
  @Column('uuid') lastPurchaseEventId!: string;
  @Column('text') lastPurchaseCorrelationId!: string;
  /** Since when they have been silent: the last purchase, or the win-back after it. */
  @Column('timestamptz') silentSince!: string;
  /** Of an inactivity that has been assessed: when the purchase was that it rests on. */
  @Column('timestamptz', { nullable: true }) inactiveSince!: string | null;
  @Column('timestamptz', { nullable: true }) wonBackAt!: string | null;
  @Column('bigint') cancelled!: number;
  @Column('boolean') churned!: boolean;
  @Column('bigint') position!: number;
}
