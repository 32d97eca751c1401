/**
 * Code lists, version 1. A list only ever grows: a consumer keeps a code that it does not know, so adding one is a
 * compatible change and removing one is not.
 */
export const PARTY_KINDS = ['person', 'organisation'] as const;
export type PartyKind = (typeof PARTY_KINDS)[number];

export const ROLES = [
  'endConsumer',
  'serviceUser',
  'retailer',
  'dealer',
  'distributor',
  'supplier',
  'partner',
] as const;
export type Role = (typeof ROLES)[number];

export const CHANNELS = [
  'phone',
  'hotline',
  'sms',
  'email',
  'web',
  'chat',
  'social',
  'messaging',
  'store',
  'visit',
  'postal',
  'fax',
  'advertising',
  'intermediary',
  'referral',
  'other',
] as const;
export type Channel = (typeof CHANNELS)[number];

export const APPROACHES = ['inbound', 'outbound'] as const;
export type Approach = (typeof APPROACHES)[number];

export const TREATMENTS = ['mass', 'segment', 'massCustomised', 'oneToOne'] as const;
export type Treatment = (typeof TREATMENTS)[number];

export const LINE_KINDS = ['product', 'service'] as const;
export type LineKind = (typeof LINE_KINDS)[number];

export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const COMPLAINT_OUTCOMES = ['explanation', 'monetaryRelief', 'nonMonetaryRelief', 'rejected'] as const;
export type ComplaintOutcome = (typeof COMPLAINT_OUTCOMES)[number];

export const RESOLUTION_LINES = ['front', 'specialist', 'management'] as const;
export type ResolutionLine = (typeof RESOLUTION_LINES)[number];

export const RISK_BANDS = ['low', 'medium', 'high'] as const;
export type RiskBand = (typeof RISK_BANDS)[number];

export const RETENTION_BASES = ['offerAccepted', 'riskRecovered'] as const;
export type RetentionBasis = (typeof RETENTION_BASES)[number];

export const PHASES = ['before', 'during', 'after'] as const;
/** Before, during or after a purchase. */
export type Phase = (typeof PHASES)[number];

export const INTERACTION_PURPOSES = [
  'introduction',
  'courtesy',
  'enquiry',
  'consultation',
  'trial',
  'survey',
  'order',
  'support',
  'complaint',
  'campaign',
] as const;
export type InteractionPurpose = (typeof INTERACTION_PURPOSES)[number];

export const GENDERS = ['female', 'male', 'other'] as const;
export type Gender = (typeof GENDERS)[number];

export const SIZE_BANDS = ['micro', 'small', 'medium', 'large'] as const;
export type SizeBand = (typeof SIZE_BANDS)[number];

export const CONTACT_MEDIA = ['email', 'phone', 'postal', 'messaging', 'social', 'fax'] as const;
export type ContactMedium = (typeof CONTACT_MEDIA)[number];

export const PARTY_RELATIONS = [
  'contactPersonOf',
  'buysThrough',
  'subsidiaryOf',
  'householdOf',
  'suppliedBy',
  'hasContactPerson',
  'intermediaryOf',
  'parentOf',
  'hasHouseholdMember',
  'supplierOf',
] as const;
export type PartyRelation = (typeof PARTY_RELATIONS)[number];

/** What a customer is to whoever is this to it. */
export const INVERSE_RELATIONS: Readonly<Record<PartyRelation, PartyRelation>> = {
  contactPersonOf: 'hasContactPerson',
  hasContactPerson: 'contactPersonOf',
  buysThrough: 'intermediaryOf',
  intermediaryOf: 'buysThrough',
  subsidiaryOf: 'parentOf',
  parentOf: 'subsidiaryOf',
  householdOf: 'hasHouseholdMember',
  hasHouseholdMember: 'householdOf',
  suppliedBy: 'supplierOf',
  supplierOf: 'suppliedBy',
};

export const NEED_EXPRESSIONS = ['stated', 'unstated'] as const;
export type NeedExpression = (typeof NEED_EXPRESSIONS)[number];

export const PROMISE_OUTCOMES = ['asPromised', 'moreThanPromised'] as const;
export type PromiseOutcome = (typeof PROMISE_OUTCOMES)[number];

/** From the lightest relationship to the deepest. */
export const RELATIONSHIP_LEVELS = ['basic', 'reactive', 'accountable', 'proactive', 'partnership'] as const;
export type RelationshipLevel = (typeof RELATIONSHIP_LEVELS)[number];

export const POTENTIAL_BANDS = ['low', 'medium', 'high'] as const;
export type PotentialBand = (typeof POTENTIAL_BANDS)[number];

export const CHURN_WAYS = ['voluntary', 'involuntary', 'inactive'] as const;
export type ChurnWay = (typeof CHURN_WAYS)[number];

export const CONSENT_PURPOSES = ['marketing', 'profiling', 'research', 'sharing', 'service'] as const;
export type ConsentPurpose = (typeof CONSENT_PURPOSES)[number];

export const CONSENT_BASES = ['consent', 'contract', 'legalObligation', 'legitimateInterest'] as const;
export type ConsentBasis = (typeof CONSENT_BASES)[number];

export const COMPLAINT_METRICS = ['acknowledgement', 'resolution'] as const;
/** What a deadline is for. */
export type ComplaintMetric = (typeof COMPLAINT_METRICS)[number];

/** How far a complaint has come, in the words in which the case and the 360° view tell of it. */
export const CASE_STATUSES = [
  'received',
  'acknowledged',
  'assigned',
  'waitingOnCustomer',
  'escalated',
  'resolved',
  'told',
  'disputed',
  'closed',
  'reopened',
] as const;
export type CaseStatus = (typeof CASE_STATUSES)[number];

export const SERVQUAL_INSTRUMENTS = ['servqual5', 'servqual10'] as const;
export type ServqualInstrument = (typeof SERVQUAL_INSTRUMENTS)[number];

/** The dimensions of each instrument (Parasuraman, Zeithaml, Berry: ten in 1985, five in 1988). */
export const SERVQUAL_DIMENSIONS = {
  servqual5: ['reliability', 'responsiveness', 'assurance', 'empathy', 'tangibles'],
  servqual10: [
    'reliability',
    'responsiveness',
    'competence',
    'access',
    'courtesy',
    'communication',
    'credibility',
    'security',
    'understanding',
    'tangibles',
  ],
} as const satisfies Record<ServqualInstrument, readonly string[]>;
export type ServqualDimension = (typeof SERVQUAL_DIMENSIONS)[ServqualInstrument][number];
export const ALL_SERVQUAL_DIMENSIONS: readonly ServqualDimension[] = [
  ...new Set([...SERVQUAL_DIMENSIONS.servqual5, ...SERVQUAL_DIMENSIONS.servqual10]),
];

export const EXPECTATION_SOURCES = [
  'wordOfMouth',
  'personalNeed',
  'pastExperience',
  'competitor',
  'advertising',
  'provider',
] as const;
export type ExpectationSource = (typeof EXPECTATION_SOURCES)[number];

/** What an answer, an interaction or a promise is about. */
export const TOPIC_KINDS = ['purchase', 'interaction', 'complaint', 'product', 'relationship'] as const;
export type TopicKind = (typeof TOPIC_KINDS)[number];

/** Derived, never stored in an event. */
export const CUSTOMER_STAGES = ['prospect', 'active', 'atRisk', 'churned', 'wonBack'] as const;
export type CustomerStage = (typeof CUSTOMER_STAGES)[number];
