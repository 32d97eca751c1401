import type {
  Approach,
  CaseStatus,
  Channel,
  ComplaintMetric,
  ConsentBasis,
  ConsentPurpose,
  ContactMedium,
  ExpectationSource,
  InteractionPurpose,
  NeedExpression,
  PartyRelation,
  Phase,
  ServqualDimension,
  ServqualInstrument,
  Severity,
  Treatment,
} from '#contracts/codes.js';
import type { CustomerAcquired } from '#contracts/customer.events.js';
import type { Topic } from '#contracts/interaction.events.js';
import type { Address, OrganisationProfile, PersonProfile } from '#contracts/profile.events.js';
import type { Scale } from '#contracts/satisfaction.events.js';

// What a row of the 360° view is made of: the files beside this one say how events change it.

/** What a customer bought in one currency; amounts in minor units. */
export interface PurchaseTotals {
  purchases: number;
  /** Σ quantities of the lines. */
  items: number;
  /** Σ totals of the purchases, as corrected. */
  purchased: number;
  /** Σ refunds: of returns, linked to a purchase or not, and of cancelled purchases. */
  refunded: number;
  /** Purchased less refunded: what the customer was worth so far. */
  value: number;
  /** How often; left out: never. */
  returns?: number;
  unlinkedReturns?: number;
  cancellations?: number;
  corrections?: number;
  /** Of the lines whose unit cost is known and that did not come back: what they cost, and Σ of their totals. */
  cost?: number;
  costedRevenue?: number;
}

export interface LastPurchase {
  purchaseId: string;
  occurredAt: string;
  currency: string;
  total: number;
  /** What was given back of it; left out: nothing. */
  refunded?: number;
  cancelled?: boolean;
}

/** How far an open or settled complaint has come; of one that is closed the view tells no more. */
export type ComplaintStatus = Exclude<CaseStatus, 'told' | 'closed'>;

export interface ComplaintCase {
  complaintId: string;
  /** When it was raised. */
  occurredAt: string;
  /** null: it was attributed to the customer by somebody who did not say. */
  issue: string | null;
  severity: Severity | null;
  channel: Channel | null;
  status: ComplaintStatus;
  agentId?: string;
  /** By when it is to be acknowledged and resolved, where that is still to be done. */
  deadlines: Partial<Record<ComplaintMetric, { dueAt: string; breached?: true }>>;
}

/** One answer: its score, on which scale, and when. */
export interface Score {
  score: number;
  scale: Scale;
  answeredAt: string;
}

/**
 * Answers to one question. Scales differ, so sums are of shares of the scale: 0 the worst answer, 1 the best.
 */
export interface Scores {
  answers: number;
  sum: number;
  latest: Score;
}

/** One dimension of service: what was expected and what was perceived, P − E in shares of the scale, −1 to 1. */
export interface Dimension {
  ratings: number;
  /** Σ (P − E). */
  gaps: number;
  latest?: { expectation: number; perception: number; scale: Scale; answeredAt: string };
  /** What was last expected, rated or not. */
  expected: Score & { sources?: ExpectationSource[] };
}

export interface Satisfaction {
  nps?: Scores;
  csat?: Scores;
  complaintHandling?: { answers: number; speed: number; attitude: number; outcome: number };
  quality?: Partial<Record<ServqualInstrument, Partial<Record<ServqualDimension, Dimension>>>>;
}

export interface OpenOffer {
  offerId: string;
  terms: string;
  treatment: Treatment;
  cost?: number;
  currency?: string;
  expiresAt: string;
  madeAt: string;
}

/** What became of a prospect that was looked at. */
export interface Qualification {
  qualified: boolean;
  why?: string;
  since: string;
}

export interface TouchPoint {
  interactionId: string;
  startedAt: string;
  channel: Channel;
  direction: Approach;
  purpose: InteractionPurpose;
  agentId?: string;
  about?: Topic;
}

/** The latest of each phase, latest first. */
export type TouchPoints = Partial<Record<Phase, TouchPoint[]>>;

export interface OpenNeed {
  needId: string;
  /** null: erased. */
  statement: string | null;
  expressed: NeedExpression;
  category?: string;
  productId?: string;
  since: string;
}

export interface OpenPromise {
  promiseId: string;
  /** null: erased. */
  what: string | null;
  dueAt?: string;
  madeAt: string;
}

export interface Promises {
  open: OpenPromise[];
  /** How many were kept as promised, kept with more than was promised, and broken. */
  kept: number;
  exceeded: number;
  broken: number;
}

export interface Profile {
  person?: PersonProfile;
  organisation?: OrganisationProfile;
  address?: Address;
  language?: string;
}

export interface ContactPoint {
  contactPointId: string;
  medium: ContactMedium;
  /** null: erased. */
  value: string | null;
  raw?: string;
  label?: string;
  verified: boolean;
  /** The one to use of its medium. */
  preferred: boolean;
}

/** The customer is, for instance, contact person of the other. */
export interface Party {
  relation: PartyRelation;
  otherCustomerId: string;
}

export interface Consent {
  purpose: ConsentPurpose;
  /** null: every channel. */
  channel: Channel | null;
  granted: boolean;
  basis: ConsentBasis;
  since: string;
}

/** How they came, besides the channel. */
export type Origin = Pick<
  CustomerAcquired,
  'channelDetail' | 'approach' | 'campaignId' | 'referredBy' | 'intermediaryId' | 'trigger'
>;
