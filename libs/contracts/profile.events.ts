import {
  CHANNELS,
  type Channel,
  CONSENT_BASES,
  CONSENT_PURPOSES,
  CONTACT_MEDIA,
  type ConsentBasis,
  type ConsentPurpose,
  type ContactMedium,
  GENDERS,
  type Gender,
  PARTY_RELATIONS,
  type PartyRelation,
  SIZE_BANDS,
  type SizeBand,
} from './codes.js';
import { BusinessDay, Code, CountryCode, Flag, Id, LanguageTag, Nested, Optional, Text, Texts } from './fields.js';
import { PersonalData } from './personal-data.js';

export class PersonProfile {
  @Optional() @PersonalData() @Text(500) fullName?: string;
  @Optional() @PersonalData() @Text(200) familyName?: string;
  @Optional() @PersonalData() @Text(200) givenName?: string;
  @Optional() @PersonalData() @BusinessDay() birthDate?: string;
  @Optional() @Code(GENDERS) gender?: Gender;
}

/** A classification of industries and a code of it: `{scheme: "ISIC", code: "4759"}`. */
export class Industry {
  @Text(50) scheme!: string;
  @Text(50) code!: string;
}

export class OrganisationProfile {
  @Optional() @PersonalData() @Text(500) legalName?: string;
  @Optional() @PersonalData() @Text(100) taxId?: string;
  @Optional() @Nested(() => Industry) industry?: Industry;
  @Optional() @Text(200) serviceType?: string;
  @Optional() @Code(SIZE_BANDS) sizeBand?: SizeBand;
}

export class Address {
  /** ISO 3166-1 alpha-2. */
  @Optional() @CountryCode() country?: string;
  @Optional() @Text(200) region?: string;
  @Optional() @PersonalData() @Text(200) city?: string;
  @Optional() @PersonalData() @Text(50) postalCode?: string;
  @Optional() @PersonalData() @Texts(500, 10) lines?: string[];
}

/** What changed, and only that: a field that is left out stays as it was. */
export class ProfileUpdated {
  @Optional() @PersonalData() @Text(500) name?: string;
  @Optional() @Nested(() => PersonProfile) person?: PersonProfile;
  @Optional() @Nested(() => OrganisationProfile) organisation?: OrganisationProfile;
  @Optional() @Nested(() => Address) address?: Address;
  /** BCP 47. */
  @Optional() @LanguageTag() language?: string;
}

export class ContactPointAdded {
  @Id() contactPointId!: string;
  @Code(CONTACT_MEDIA) medium!: ContactMedium;
  /** As it is used and compared: a phone number in E.164, an e-mail address as given. */
  @PersonalData() @Text(1000) value!: string;
  /** As it was given, where that differs. */
  @Optional() @PersonalData() @Text(1000) raw?: string;
  @Optional() @Text(100) label?: string;
  @Optional() @Flag() preferred?: boolean;
}

export class ContactPointVerified {
  @Id() contactPointId!: string;
  @Optional() @Text(200) method?: string;
}

export class ContactPointRemoved {
  @Id() contactPointId!: string;
}

/** This customer is, for instance, contact person of the other. */
export class PartyLinked {
  @Code(PARTY_RELATIONS) relation!: PartyRelation;
  @Id() otherCustomerId!: string;
}

export class PartyUnlinked extends PartyLinked {}

export class ConsentGranted {
  @Code(CONSENT_PURPOSES) purpose!: ConsentPurpose;
  /** Left out: every channel. */
  @Optional() @Code(CHANNELS) channel?: Channel;
  @Code(CONSENT_BASES) basis!: ConsentBasis;
  @Optional() @PersonalData() @Text(2000) evidence?: string;
}

export class ConsentWithdrawn extends ConsentGranted {}
