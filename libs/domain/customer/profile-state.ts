import type { ConsentBasis, ConsentPurpose, ContactMedium, PartyKind } from '#contracts/codes.js';
import type { CustomerEvent } from '#contracts/events.js';
import type { PartyLinked, ProfileUpdated } from '#contracts/profile.events.js';
import { type Happened, unreachable } from '../decider.js';
import { comparable } from './contact-values.js';
import type { CustomerState } from './state.js';

export interface ContactPoint {
  medium: ContactMedium;
  /** As it is compared. */
  value: string;
  verified: boolean;
}

/** By channel, and `everyChannel`; null where it was withdrawn. */
export type Consents = Record<string, ConsentBasis | null>;

/** What the rules of profile, contact points, parties and consents need to know; personal data among it. */
export interface ProfileState {
  partyKind?: PartyKind;
  profile: ProfileUpdated;
  /** By id; null for one that was removed: an id serves once. */
  contactPoints: Record<string, ContactPoint | null>;
  parties: PartyLinked[];
  consents: Partial<Record<ConsentPurpose, Consents>>;
}

export const noProfile: ProfileState = { profile: {}, contactPoints: {}, parties: [], consents: {} };

export type ProfileEvent = Extract<
  CustomerEvent,
  {
    type:
      | 'ProfileUpdated'
      | 'ContactPointAdded'
      | 'ContactPointVerified'
      | 'ContactPointRemoved'
      | 'PartyLinked'
      | 'PartyUnlinked'
      | 'ConsentGranted'
      | 'ConsentWithdrawn';
  }
>;

/** The state after an event of the profile. */
export function evolveProfile(state: CustomerState, event: Happened<ProfileEvent>): CustomerState {
  switch (event.type) {
    case 'ProfileUpdated':
      return { ...state, profile: merged(state.profile, event.data) };
    case 'ContactPointAdded': {
      const { contactPointId, medium, value } = event.data;
      return withContactPoint(state, contactPointId, { medium, value: comparable(medium, value), verified: false });
    }
    case 'ContactPointVerified': {
      const verified = state.contactPoints[event.data.contactPointId];
      return verified ? withContactPoint(state, event.data.contactPointId, { ...verified, verified: true }) : state;
    }
    case 'ContactPointRemoved':
      return withContactPoint(state, event.data.contactPointId, null);
    case 'PartyLinked':
      return { ...state, parties: [...state.parties, event.data] };
    case 'PartyUnlinked':
      return { ...state, parties: state.parties.filter((party) => !isSameParty(party, event.data)) };
    case 'ConsentGranted': {
      const { purpose, channel, basis } = event.data;
      return withConsent(state, purpose, channel, basis);
    }
    case 'ConsentWithdrawn':
      return withConsent(state, event.data.purpose, event.data.channel, null);
    default:
      return unreachable(event);
  }
}

/** Whether both say the same of the same customer. */
export function isSameParty(one: PartyLinked, other: PartyLinked): boolean {
  return one.relation === other.relation && one.otherCustomerId === other.otherCustomerId;
}

/** A field that the change leaves out stays as it was. */
export function merged(profile: ProfileUpdated, { name, language, ...groups }: ProfileUpdated): ProfileUpdated {
  return {
    ...profile,
    ...(name !== undefined && { name }),
    ...(language !== undefined && { language }),
    ...(groups.person && { person: { ...profile.person, ...groups.person } }),
    ...(groups.organisation && { organisation: { ...profile.organisation, ...groups.organisation } }),
    ...(groups.address && { address: { ...profile.address, ...groups.address } }),
  };
}

function withContactPoint(state: CustomerState, id: string, contactPoint: ContactPoint | null): CustomerState {
  return { ...state, contactPoints: { ...state.contactPoints, [id]: contactPoint } };
}

/** What is said of every channel replaces what was said of each. */
function withConsent(
  state: CustomerState,
  purpose: ConsentPurpose,
  channel: string | undefined,
  basis: ConsentBasis | null,
): CustomerState {
  const consents = channel === undefined ? { everyChannel: basis } : { ...state.consents[purpose], [channel]: basis };
  return { ...state, consents: { ...state.consents, [purpose]: consents } };
}
