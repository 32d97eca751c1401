import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { CustomerStage, PartyKind, Role, Severity } from '#contracts/codes.js';
import type { ExternalIdentity } from '#contracts/customer.events.js';
import type { ChurnRiskAssessed } from '#contracts/retention.events.js';

/** What a customer bought in one currency; amounts in minor units. */
export interface PurchaseTotals {
  purchases: number;
  /** Σ quantities of the lines. */
  items: number;
  /** Σ totals of the purchases. */
  purchased: number;
  /** Σ refunds. */
  refunded: number;
  /** Purchased less refunded: what the customer was worth so far. */
  value: number;
}

export interface LastPurchase {
  purchaseId: string;
  occurredAt: string;
  currency: string;
  total: number;
}

export interface OpenComplaint {
  complaintId: string;
  occurredAt: string;
  issue: string;
  severity: Severity;
}

export type AssessedRisk = ChurnRiskAssessed & { assessedAt: string };

/** One row a customer: everything known about it, folded from the events of all of its streams. */
@Entity({ schema: 'views', name: 'customer_360_v1' })
export class Customer360 {
  @PrimaryColumn('uuid') customerId!: string;
  @Column('text', { nullable: true }) partyKind!: PartyKind | null;
  @Column('jsonb') roles!: Role[];
  @Column('text', { nullable: true }) name!: string | null;
  @Column('jsonb') externalIdentities!: ExternalIdentity[];
  @Index() @Column('text') customerStage!: CustomerStage;
  @Column('text', { nullable: true }) channel!: string | null;
  @Column('timestamptz', { nullable: true }) acquiredAt!: string | null;
  @Column('timestamptz', { nullable: true }) retainedAt!: string | null;
  @Column('bigint') purchases!: number;
  @Column('jsonb') totals!: Record<string, PurchaseTotals>;
  @Column('timestamptz', { nullable: true }) firstPurchaseAt!: string | null;
  @Column('timestamptz', { nullable: true }) lastPurchaseAt!: string | null;
  /** The five latest by when they happened, latest first. */
  @Column('jsonb') lastPurchases!: LastPurchase[];
  @Column('bigint') complaints!: number;
  @Column('jsonb') openComplaints!: OpenComplaint[];
  @Column('jsonb', { nullable: true }) churnRisk!: AssessedRisk | null;
  /** The position of the last event that changed the row. */
  @Column('bigint') position!: number;
}
