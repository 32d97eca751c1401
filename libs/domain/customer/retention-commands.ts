import { type RetentionBasis, TREATMENTS, type Treatment } from '#contracts/codes.js';
import { Amount, Code, Currency, Id, Instant, Optional, Text } from '#contracts/fields.js';
import type {
  CustomerChurned,
  CustomerWonBack,
  RetentionOfferAccepted,
  RetentionOfferDeclined,
  RetentionOfferMade,
  RiskAssessment,
} from '#contracts/retention.events.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import type { RiskSign } from '../retention/signs.js';

/** What people, or a model outside, think of the risk. */
export type AssessChurnRisk = { type: 'AssessChurnRisk' } & RiskAssessment;

/** What the published rules make of what has happened; nothing where they come to what they said before. */
export interface AssessRiskByRules {
  type: 'AssessRiskByRules';
  /** In the order in which they were recorded. */
  signs: RiskSign[];
  /** Every published version, in order. */
  rules: RulesPublished<'retention'>[];
}

/** An offer as the caller words it: its id may be left out. */
export class OfferToMake {
  @Optional() @Id() offerId?: string;
  @Text(2000) terms!: string;
  @Code(TREATMENTS) treatment!: Treatment;
  @Optional() @Amount() cost?: number;
  @Optional() @Currency() currency?: string;
  @Instant() expiresAt!: string;
}

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

/** They left, or were let go, or have been silent for so long that they count as gone. */
export type ChurnCustomer = { type: 'ChurnCustomer' } & CustomerChurned;

/** The lost customer is back, by an offer made since or without one. */
export type WinBackCustomer = { type: 'WinBackCustomer' } & CustomerWonBack;

export type RetentionCommand =
  | AssessChurnRisk
  | AssessRiskByRules
  | MakeRetentionOffer
  | AcceptRetentionOffer
  | DeclineRetentionOffer
  | RetainCustomer
  | ChurnCustomer
  | WinBackCustomer;
