import {
  APPROACHES,
  type Approach,
  CHANNELS,
  type Channel,
  PARTY_KINDS,
  type PartyKind,
  RETENTION_BASES,
  type RetentionBasis,
  RISK_BANDS,
  type RiskBand,
  ROLES,
  type Role,
  TREATMENTS,
  type Treatment,
} from './codes.js';
import {
  Amount,
  Code,
  Codes,
  Currency,
  Id,
  Instant,
  ListOf,
  Nested,
  NumberBetween,
  Optional,
  SystemName,
  Text,
} from './fields.js';
import { PersonalData } from './personal-data.js';

/** What a record is known by in another system: `{system: "cdnow", id: "07592"}`, addressed as `cdnow:07592`. */
export class ExternalIdentity {
  @SystemName() system!: string;
  @Text(200) id!: string;
}

export class CustomerAcquired {
  @Code(PARTY_KINDS) partyKind!: PartyKind;
  @Codes(ROLES) roles!: Role[];
  @Optional() @PersonalData() @Text(500) name?: string;
  @Optional() @Code(APPROACHES) approach?: Approach;
  @Code(CHANNELS) channel!: Channel;
  /** What the source called the channel, where the list has only `other` for it. */
  @Optional() @Text(100) channelDetail?: string;
  @Optional() @Text(200) campaignId?: string;
  @Optional() @Id() referredBy?: string;
  @Optional() @Text(200) intermediaryId?: string;
  @Optional() @Nested(() => ExternalIdentity) externalIdentity?: ExternalIdentity;
  @Optional() @Text(200) trigger?: string;
}

/** On the customer: from now on it is also known by this identity. */
export class ExternalIdentityLinked {
  @Nested(() => ExternalIdentity) identity!: ExternalIdentity;
}

/** On the stream whose id the identity gives: the identity belongs to that customer, for ever. */
export class ExternalIdentityClaimed {
  @Nested(() => ExternalIdentity) identity!: ExternalIdentity;
  @Id() customerId!: string;
}

export class RiskFactor {
  @Text(100) name!: string;
  /** How much it adds to the score. */
  @NumberBetween(-1, 1) weight!: number;
}

export class RiskModel {
  @Text(100) name!: string;
  @Text(50) version!: string;
}

export class ChurnRiskAssessed {
  /** 0 (stays) to 1 (leaves). */
  @NumberBetween(0, 1) score!: number;
  @Code(RISK_BANDS) band!: RiskBand;
  @ListOf(() => RiskFactor, { least: 0, most: 50 }) factors!: RiskFactor[];
  @Nested(() => RiskModel) model!: RiskModel;
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
  @Optional() @Text(2000) reason?: string;
}

export class CustomerRetained {
  @Code(RETENTION_BASES) basis!: RetentionBasis;
  @Optional() @Id() offerId?: string;
}
