import {
  APPROACHES,
  type Approach,
  CHANNELS,
  type Channel,
  INTERACTION_PURPOSES,
  type InteractionPurpose,
  PHASES,
  type Phase,
  TOPIC_KINDS,
  type TopicKind,
  TREATMENTS,
  type Treatment,
} from './codes.js';
import { ExternalIdentity } from './customer.events.js';
import { Code, Id, Instant, Nested, Optional, Text } from './fields.js';
import { PersonalData } from './personal-data.js';

/** What an interaction or an answer is about. */
export class Topic {
  @Code(TOPIC_KINDS) kind!: TopicKind;
  @Optional() @Text(200) id?: string;
}

/** One touch-point: a call, a visit, a chat, a message. */
export class InteractionRecorded {
  @Optional() @Id() customerId?: string;
  @Code(CHANNELS) channel!: Channel;
  @Optional() @Text(100) channelDetail?: string;
  /** Who began it: the customer (inbound) or us (outbound). */
  @Code(APPROACHES) direction!: Approach;
  @Optional() @Code(APPROACHES) approach?: Approach;
  @Code(PHASES) phase!: Phase;
  @Code(INTERACTION_PURPOSES) purpose!: InteractionPurpose;
  @Optional() @Code(TREATMENTS) treatment?: Treatment;
  @Optional() @Text(200) campaignId?: string;
  @Optional() @Text(200) agentId?: string;
  @Optional() @Nested(() => Topic) about?: Topic;
  @Optional() @PersonalData() @Text(5000) outcome?: string;
  @Instant() startedAt!: string;
  @Optional() @Instant() answeredAt?: string;
  @Optional() @Instant() endedAt?: string;
  @Optional() @Nested(() => ExternalIdentity) externalId?: ExternalIdentity;
}

/** Whose it was, found later. What it was comes with it: its recording names no customer. */
export class InteractionAttributed {
  @Id() customerId!: string;
  @Optional() @Code(CHANNELS) channel?: Channel;
  @Optional() @Code(APPROACHES) direction?: Approach;
  @Optional() @Code(PHASES) phase?: Phase;
  @Optional() @Code(INTERACTION_PURPOSES) purpose?: InteractionPurpose;
  @Optional() @Text(200) agentId?: string;
  @Optional() @Nested(() => Topic) about?: Topic;
  @Optional() @Instant() startedAt?: string;
}
