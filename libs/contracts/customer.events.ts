import {
  APPROACHES,
  type Approach,
  CHANNELS,
  type Channel,
  PARTY_KINDS,
  type PartyKind,
  ROLES,
  type Role,
} from './codes.js';
import { Code, Codes, Id, Nested, Optional, SystemName, Text } from './fields.js';
import { PersonalData } from './personal-data.js';

/** What a record is known by in another system: `{system: "cdnow", id: "07592"}`, addressed as `cdnow:07592`. */
export class ExternalIdentity {
  @SystemName() system!: string;
  @Text(200) id!: string;
}

/** The first contact with somebody who has bought nothing yet. */
export class ProspectIdentified {
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
}

/** The prospect is worth pursuing. */
export class ProspectQualified {
  @Optional() @Text(500) basis?: string;
}

export class ProspectDisqualified {
  @Text(500) reason!: string;
}

/** They became a customer; once a stream. What a prospect's stream knew already stays as it was where this leaves it out. */
export class CustomerAcquired extends ProspectIdentified {
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
