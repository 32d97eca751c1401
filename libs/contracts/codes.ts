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

/** Derived, never stored in an event. */
export const CUSTOMER_STAGES = ['prospect', 'active', 'atRisk', 'churned', 'wonBack'] as const;
export type CustomerStage = (typeof CUSTOMER_STAGES)[number];
