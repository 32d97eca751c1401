import type { RetentionBasis } from '#contracts/codes.js';
import type { CustomerAcquired, ExternalIdentityClaimed, ExternalIdentityLinked } from '#contracts/customer.events.js';
import type {
  ChurnRiskAssessed,
  RetentionOfferAccepted,
  RetentionOfferDeclined,
  RetentionOfferMade,
} from '#contracts/retention.events.js';
import type { EraseCustomer } from './erasing.js';

/** The first contact that made them a customer; once a stream. */
export type AcquireCustomer = { type: 'AcquireCustomer' } & CustomerAcquired;

/** The customer is also known by this identity. The identity has been claimed before, on its own stream. */
export type LinkExternalIdentity = { type: 'LinkExternalIdentity' } & ExternalIdentityLinked;

/** For the stream whose id the identity gives (`externalId('customer', identity)`), before it is linked. */
export type ClaimExternalIdentity = { type: 'ClaimExternalIdentity' } & ExternalIdentityClaimed;

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

export type CustomerCommand =
  | AcquireCustomer
  | LinkExternalIdentity
  | ClaimExternalIdentity
  | AssessChurnRisk
  | MakeRetentionOffer
  | AcceptRetentionOffer
  | DeclineRetentionOffer
  | RetainCustomer
  | EraseCustomer;
