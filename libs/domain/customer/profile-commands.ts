import {
  CHANNELS,
  type Channel,
  CONSENT_BASES,
  CONSENT_PURPOSES,
  CONTACT_MEDIA,
  type ConsentBasis,
  type ConsentPurpose,
  type ContactMedium,
} from '#contracts/codes.js';
import { Code, CountryCode, Flag, Id, Optional, Text } from '#contracts/fields.js';
import { PersonalData } from '#contracts/personal-data.js';
import type {
  ConsentGranted,
  ContactPointRemoved,
  ContactPointVerified,
  PartyLinked,
  PartyUnlinked,
  ProfileUpdated,
} from '#contracts/profile.events.js';

/** A way to reach the customer, as it was given. */
export class NewContactPoint {
  @Optional() @Id() contactPointId?: string;
  @Code(CONTACT_MEDIA) medium!: ContactMedium;
  @PersonalData() @Text(1000) value!: string;
  /** Of a telephone or fax number that is given without the code of its country. */
  @Optional() @CountryCode() country?: string;
  @Optional() @Text(100) label?: string;
  @Optional() @Flag() preferred?: boolean;
}

/** A consent that is taken back, or an objection to what needs none. */
export class ConsentWithdrawal {
  @Code(CONSENT_PURPOSES) purpose!: ConsentPurpose;
  /** Left out: every channel. */
  @Optional() @Code(CHANNELS) channel?: Channel;
  /** Left out: the basis of what was granted. */
  @Optional() @Code(CONSENT_BASES) basis?: ConsentBasis;
  @Optional() @PersonalData() @Text(2000) evidence?: string;
}

export type UpdateProfile = { type: 'UpdateProfile' } & ProfileUpdated;

/** The contact point's id is the caller's: the domain makes none. */
export type AddContactPoint = { type: 'AddContactPoint'; contactPointId: string } & NewContactPoint;
export type VerifyContactPoint = { type: 'VerifyContactPoint' } & ContactPointVerified;
export type RemoveContactPoint = { type: 'RemoveContactPoint' } & ContactPointRemoved;

/** Both customers have been looked up: these are their own ids, and whether the other one was erased. */
export type LinkParty = { type: 'LinkParty'; customerId: string; isOtherErased?: boolean } & PartyLinked;
export type UnlinkParty = { type: 'UnlinkParty' } & PartyUnlinked;

export type GrantConsent = { type: 'GrantConsent' } & ConsentGranted;
export type WithdrawConsent = { type: 'WithdrawConsent' } & ConsentWithdrawal;

export type ProfileCommand =
  | UpdateProfile
  | AddContactPoint
  | VerifyContactPoint
  | RemoveContactPoint
  | LinkParty
  | UnlinkParty
  | GrantConsent
  | WithdrawConsent;
