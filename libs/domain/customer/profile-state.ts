import type { ConsentBasis, ConsentPurpose, ContactMedium, PartyKind } from '#contracts/codes.js';
import type { PartyLinked, ProfileUpdated } from '#contracts/profile.events.js';

export interface ContactPoint {
  contactPointId: string;
  medium: ContactMedium;
  /** As it is compared. */
  value: string;
  verified: boolean;
  addedAt: string;
}

/** By channel, and `everyChannel`; null where it was withdrawn. */
export type Consents = Record<string, ConsentBasis | null>;

/** What the rules of profile, contact points, parties and consents need to know; personal data among it. */
export interface ProfileState {
  partyKind?: PartyKind;
  profile: ProfileUpdated;
  contactPoints: readonly ContactPoint[];
  /** An id serves once. */
  removedContactPoints: readonly string[];
  parties: PartyLinked[];
  consents: Partial<Record<ConsentPurpose, Consents>>;
}

export const noProfile: ProfileState = {
  profile: {},
  contactPoints: [],
  removedContactPoints: [],
  parties: [],
  consents: {},
};
