import type { RetentionBasis } from '#contracts/codes.js';
import type {
  ChurnRiskAssessed,
  RetentionOfferAccepted,
  RetentionOfferDeclined,
  RetentionOfferMade,
} from '#contracts/retention.events.js';

export type AssessChurnRisk = { type: 'AssessChurnRisk' } & ChurnRiskAssessed;

/** The offer's id is the caller's: the domain makes none. */
export type MakeRetentionOffer = { type: 'MakeRetentionOffer' } & RetentionOfferMade;
export type AcceptRetentionOffer = { type: 'AcceptRetentionOffer' } & RetentionOfferAccepted;
export type DeclineRetentionOffer = { type: 'DeclineRetentionOffer' } & RetentionOfferDeclined;

/** `offerAccepted` names the offer; `riskRecovered` names none. */
export interface RetainCustomer {
  type: 'RetainCustomer';
  basis: RetentionBasis;
  offerId?: string;
}

export type RetentionCommand =
  | AssessChurnRisk
  | MakeRetentionOffer
  | AcceptRetentionOffer
  | DeclineRetentionOffer
  | RetainCustomer;
