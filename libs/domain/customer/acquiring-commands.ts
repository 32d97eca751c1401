import {
  APPROACHES,
  type Approach,
  CHANNELS,
  type Channel,
  PARTY_KINDS,
  type PartyKind,
  ROLES,
  type Role,
} from '#contracts/codes.js';
import type {
  CustomerAcquired,
  ExternalIdentityClaimed,
  ExternalIdentityLinked,
  ProspectDisqualified,
  ProspectIdentified,
  ProspectQualified,
} from '#contracts/customer.events.js';
import { Code, Codes, Id, Optional, Text } from '#contracts/fields.js';
import { PersonalData } from '#contracts/personal-data.js';

/** What is new when a prospect becomes a customer: all else stays as their stream knows it. */
export class ProspectAcquisition {
  /** What a party is does not change: the same, where it is said at all. */
  @Optional() @Code(PARTY_KINDS) partyKind?: PartyKind;
  @Optional() @Codes(ROLES) roles?: Role[];
  @Optional() @PersonalData() @Text(500) name?: string;
  @Optional() @Code(APPROACHES) approach?: Approach;
  @Optional() @Code(CHANNELS) channel?: Channel;
  /** What the source called the channel, where the list has only `other` for it. */
  @Optional() @Text(100) channelDetail?: string;
  @Optional() @Text(200) campaignId?: string;
  @Optional() @Id() referredBy?: string;
  @Optional() @Text(200) intermediaryId?: string;
  @Optional() @Text(200) trigger?: string;
}

/** The first contact with somebody who has bought nothing yet; it makes the stream. */
export type IdentifyProspect = { type: 'IdentifyProspect' } & ProspectIdentified;
export type QualifyProspect = { type: 'QualifyProspect' } & ProspectQualified;
export type DisqualifyProspect = { type: 'DisqualifyProspect' } & ProspectDisqualified;

/** The first contact that made them a customer; once a stream. It makes the stream, or goes on from a prospect. */
export type AcquireCustomer = { type: 'AcquireCustomer' } & CustomerAcquired;

/** The same of a prospect, told by what is new. */
export type AcquireProspect = { type: 'AcquireProspect' } & ProspectAcquisition;

/** The customer is also known by this identity. The identity has been claimed before, on its own stream. */
export type LinkExternalIdentity = { type: 'LinkExternalIdentity' } & ExternalIdentityLinked;

/** For the stream whose id the identity gives (`externalId('customer', identity)`), before it is linked. */
export type ClaimExternalIdentity = { type: 'ClaimExternalIdentity' } & ExternalIdentityClaimed;

export type AcquiringCommand =
  | IdentifyProspect
  | QualifyProspect
  | DisqualifyProspect
  | AcquireCustomer
  | AcquireProspect
  | LinkExternalIdentity
  | ClaimExternalIdentity;
