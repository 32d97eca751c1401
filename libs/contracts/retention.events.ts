import {
  CHURN_WAYS,
  type ChurnWay,
  RETENTION_BASES,
  type RetentionBasis,
  RISK_BANDS,
  type RiskBand,
  TREATMENTS,
  type Treatment,
} from './codes.js';
import { Amount, Code, Currency, Id, Instant, ListOf, Nested, NumberBetween, Optional, Text } from './fields.js';
import { PersonalData } from './personal-data.js';

/** What a factor rests on: a complaint, a survey, a promise or a purchase, by its id. */
export class RiskFact {
  /** What it is: `complaint`, `promise`, `purchase`, or the question that a survey asked. */
  @Text(100) about!: string;
  @Id() id!: string;
  @Instant() occurredAt!: string;
}

export class RiskFactor {
  @Text(100) name!: string;
  /** How much it adds to the score. */
  @NumberBetween(-1, 1) weight!: number;
  @Optional() @ListOf(() => RiskFact, { most: 100 }) facts?: RiskFact[];
}

export class RiskModel {
  @Text(100) name!: string;
  @Text(50) version!: string;
}

/** How likely it is that they leave, and why. */
export class RiskAssessment {
  /** 0 (stays) to 1 (leaves). */
  @NumberBetween(0, 1) score!: number;
  @Code(RISK_BANDS) band!: RiskBand;
  @ListOf(() => RiskFactor, { least: 0, most: 50 }) factors!: RiskFactor[];
  @Nested(() => RiskModel) model!: RiskModel;
}

export class ChurnRiskAssessed extends RiskAssessment {
  /** The position of the last event that the rules took into account (docs/adr/0014). */
  @Optional() @Text(20) knownThrough?: string;
}

export class RetentionOfferMade {
  @Id() offerId!: string;
  @Text(2000) terms!: string;
  @Code(TREATMENTS) treatment!: Treatment;
  @Optional() @Amount() cost?: number;
  @Optional() @Currency() currency?: string;
  @Instant() expiresAt!: string;
}

export class RetentionOfferAccepted {
  @Id() offerId!: string;
}

export class RetentionOfferDeclined {
  @Id() offerId!: string;
  @Optional() @PersonalData() @Text(2000) reason?: string;
}

export class CustomerRetained {
  @Code(RETENTION_BASES) basis!: RetentionBasis;
  @Optional() @Id() offerId?: string;
}

export class CustomerChurned {
  @Code(CHURN_WAYS) how!: ChurnWay;
  @Optional() @PersonalData() @Text(2000) reason?: string;
  /** The competitor that they went to. */
  @Optional() @Text(200) lostTo?: string;
}

export class CustomerWonBack {
  @Optional() @Text(500) trigger?: string;
  @Optional() @Id() offerId?: string;
}
