import type { ConsentBasis, ConsentPurpose } from '#contracts/codes.js';
import type { CustomerEvent } from '#contracts/events.js';
import type { PartyLinked, ProfileUpdated } from '#contracts/profile.events.js';
import { type Happened, unreachable } from '../decider.js';
import { comparable } from './contact-values.js';
import type { CustomerState } from './state.js';

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
      const compared = comparable(medium, value);
      const added = { contactPointId, medium, value: compared, verified: false, addedAt: event.occurredAt };
      return { ...state, contactPoints: [...state.contactPoints, added] };
    }
    case 'ContactPointVerified': {
      const { contactPointId } = event.data;
      const contactPoints = state.contactPoints.map((each) =>
        each.contactPointId === contactPointId ? { ...each, verified: true } : each,
      );
      return { ...state, contactPoints };
    }
    case 'ContactPointRemoved': {
      const { contactPointId } = event.data;
      const contactPoints = state.contactPoints.filter((each) => each.contactPointId !== contactPointId);
      return { ...state, contactPoints, removedContactPoints: [...state.removedContactPoints, contactPointId] };
    }
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

/** Without what is personal: the ids of contact points have served, as if these were removed. */
export function forgotten(state: CustomerState): CustomerState {
  const ids = state.contactPoints.map(({ contactPointId }) => contactPointId);
  return {
    ...state,
    profile: {},
    contactPoints: [],
    removedContactPoints: [...state.removedContactPoints, ...ids],
  };
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
