import type { RiskBand } from '#contracts/codes.js';
import type { ChurnRiskAssessed } from '#contracts/retention.events.js';

export interface RetentionOffer {
  expiresAt: string;
  /** `lapsed`: the customer had churned before it was answered. */
  answer: 'open' | 'accepted' | 'declined' | 'lapsed';
  /** A retention or a win-back has been based on it: it serves once. */
  used: boolean;
}

/** What the rules of retention need to know. */
export interface RetentionState {
  lastRisk?: { score: number; band: RiskBand };
  /** A medium or high risk has been assessed since the last retention; a later low one does not take that away. */
  wasAtRisk: boolean;
  /** What the published rules came to last, of this time as a customer: their factors name every fact that they know. */
  rulesRisk?: Pick<ChurnRiskAssessed, 'band' | 'factors' | 'knownThrough'>;
  /** When risk, retention or win-back was last told of, by when it happened. */
  riskToldAt?: string;
  /** When they churned, as long as they have not been won back. */
  churnedAt?: string;
  /** By offer id. */
  offers: Record<string, RetentionOffer>;
}

export const nothingToRetain: RetentionState = { wasAtRisk: false, offers: {} };
