import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { CustomerStage, PartyKind, PotentialBand, RelationshipLevel, Role } from '#contracts/codes.js';
import type { ExternalIdentity } from '#contracts/customer.events.js';
import type { ChurnRiskAssessed } from '#contracts/retention.events.js';
import type { KeptPurchases } from '../purchase-rhythm/kept-purchases.js';
import type {
  ComplaintCase,
  Consent,
  ContactPoint,
  LastPurchase,
  OpenNeed,
  OpenOffer,
  Origin,
  Party,
  Profile,
  Promises,
  PurchaseTotals,
  Qualification,
  Satisfaction,
  TouchPoints,
} from './row-parts.js';

export type AssessedRisk = ChurnRiskAssessed & { assessedAt: string };

export interface Owner {
  ownerId: string;
  since: string;
}

export interface Potential {
  band: PotentialBand;
  basis?: string;
  assessedAt: string;
}

/**
 * One row a customer: everything known about it, folded from the events of all of its streams. A row is bounded: of what
 * there can be any number of, it keeps sums and the latest.
 */
@Entity({ schema: 'views', name: 'customer_360' })
export class Customer360 {
  @PrimaryColumn('uuid') customerId!: string;
  @Column('text', { nullable: true }) partyKind!: PartyKind | null;
  @Column('jsonb') roles!: Role[];
  @Column('text', { nullable: true }) name!: string | null;
  @Column('jsonb', { nullable: true }) profile!: Profile | null;
  @Column('jsonb') externalIdentities!: ExternalIdentity[];
  @Column('jsonb') contactPoints!: ContactPoint[];
  @Column('jsonb') parties!: Party[];
  @Column('jsonb') consents!: Consent[];
  @Column('text', { nullable: true }) channel!: string | null;
  @Column('jsonb', { nullable: true }) origin!: Origin | null;
  @Column('jsonb') needs!: OpenNeed[];
  @Column('jsonb', { nullable: true }) promises!: Promises | null;
  @Index() @Column('text') customerStage!: CustomerStage;
  @Column('jsonb', { nullable: true }) qualification!: Qualification | null;
  @Column('timestamptz', { nullable: true }) acquiredAt!: string | null;
  @Column('timestamptz', { nullable: true }) retainedAt!: string | null;
  @Column('timestamptz', { nullable: true }) churnedAt!: string | null;
  @Column('timestamptz', { nullable: true }) wonBackAt!: string | null;
  /** As last announced; the loyalty level of a day is a function of ledger, rules and date. */
  @Column('text', { nullable: true }) announcedLoyaltyLevel!: string | null;
  @Column('jsonb', { nullable: true }) churnRisk!: AssessedRisk | null;
  @Column('text', { nullable: true }) relationshipLevel!: RelationshipLevel | null;
  @Column('jsonb', { nullable: true }) potential!: Potential | null;
  @Column('jsonb', { nullable: true }) owner!: Owner | null;
  @Column('jsonb') offers!: OpenOffer[];
  @Column('bigint') purchases!: number;
  @Column('jsonb') totals!: Record<string, PurchaseTotals>;
  @Column('timestamptz', { nullable: true }) firstPurchaseAt!: string | null;
  @Column('timestamptz', { nullable: true }) lastPurchaseAt!: string | null;
  /** Those that were not cancelled. */
  @Column('jsonb', { nullable: true }) kept!: KeptPurchases | null;
  /** The five latest by when they happened, latest first. */
  @Column('jsonb') lastPurchases!: LastPurchase[];
  @Column('bigint') complaints!: number;
  @Column('jsonb') openComplaints!: ComplaintCase[];
  /** The latest that were resolved: they may be disputed or reopened. */
  @Column('jsonb') settledComplaints!: ComplaintCase[];
  @Column('jsonb', { nullable: true }) satisfaction!: Satisfaction | null;
  @Column('bigint') interactions!: number;
  @Column('jsonb', { nullable: true }) touchPoints!: TouchPoints | null;
  @Column('timestamptz', { nullable: true }) erasedAt!: string | null;
  /** Since when, by what happened, the fields hold that later facts replace. */
  @Column('jsonb') times!: Record<string, string>;
  /** The position of the last event that changed the row. */
  @Column('bigint') position!: number;
}
