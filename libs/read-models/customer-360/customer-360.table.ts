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
  @Column('json') roles!: Role[];
  @Column('text', { nullable: true }) name!: string | null;
  @Column('json', { nullable: true }) profile!: Profile | null;
  @Column('json') externalIdentities!: ExternalIdentity[];
  @Column('json') contactPoints!: ContactPoint[];
  @Column('json') parties!: Party[];
  @Column('json') consents!: Consent[];
  @Column('text', { nullable: true }) channel!: string | null;
  @Column('json', { nullable: true }) origin!: Origin | null;
  @Column('json') needs!: OpenNeed[];
  @Column('json', { nullable: true }) promises!: Promises | null;
  @Index() @Column('text') customerStage!: CustomerStage;
  @Column('json', { nullable: true }) qualification!: Qualification | null;
  @Column('timestamptz', { nullable: true }) acquiredAt!: string | null;
  @Column('timestamptz', { nullable: true }) retainedAt!: string | null;
  @Column('timestamptz', { nullable: true }) churnedAt!: string | null;
  @Column('timestamptz', { nullable: true }) wonBackAt!: string | null;
  /** As last announced; the loyalty level of a day is a function of ledger, rules and date. */
  @Column('text', { nullable: true }) announcedLoyaltyLevel!: string | null;
  @Column('json', { nullable: true }) churnRisk!: AssessedRisk | null;
  @Column('text', { nullable: true }) relationshipLevel!: RelationshipLevel | null;
  @Column('json', { nullable: true }) potential!: Potential | null;
  @Column('json', { nullable: true }) owner!: Owner | null;
  @Column('json') offers!: OpenOffer[];
  @Column('bigint') purchases!: number;
  @Column('json') totals!: Record<string, PurchaseTotals>;
  @Column('timestamptz', { nullable: true }) firstPurchaseAt!: string | null;
  @Column('timestamptz', { nullable: true }) lastPurchaseAt!: string | null;
  /** Those that were not cancelled. */
  @Column('json', { nullable: true }) kept!: KeptPurchases | null;
  /** The five latest by when they happened, latest first. */
  @Column('json') lastPurchases!: LastPurchase[];
  @Column('bigint') complaints!: number;
  @Column('json') openComplaints!: ComplaintCase[];
  /** The latest that were resolved: they may be disputed or reopened. */
  @Column('json') settledComplaints!: ComplaintCase[];
  @Column('json', { nullable: true }) satisfaction!: Satisfaction | null;
  @Column('bigint') interactions!: number;
  @Column('json', { nullable: true }) touchPoints!: TouchPoints | null;
  @Column('timestamptz', { nullable: true }) erasedAt!: string | null;
  /** Since when, by what happened, the fields hold that later facts replace. */
  @Column('json') times!: Record<string, string>;
  /** The position of the last event that changed the row. */
  @Column('bigint') position!: number;
}
