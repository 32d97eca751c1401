import type { Channel, Role } from '#contracts/codes.js';
import type { ExternalIdentity, ProspectIdentified } from '#contracts/customer.events.js';
import type { CustomerEvent } from '#contracts/events.js';
import { type Happened, unreachable } from '../decider.js';
import { isGiven } from '../deciding.js';
import type { ErasableState } from './erasing.js';
import { evolveMerging, type MergingState, neverMerged } from './merging-state.js';
import { evolveProfile, forgotten, merged, noProfile, type ProfileState } from './profile-state.js';
import { evolveRelationship, noRelationship, type RelationshipState } from './relationship-state.js';
import { evolveRetention, nothingToRetain, type RetentionState } from './retention-state.js';

/** What the commands of a `customer-{id}` stream need to know. Plain JSON: it is cached and put into snapshots. */
export interface CustomerState extends MergingState, ProfileState, RelationshipState, RetentionState, ErasableState {
  /** `claimed`: the stream's id is an identity of another customer. */
  status: 'unknown' | 'prospect' | 'acquired' | 'claimed';
  /** Of a claimed stream: the customer to whom the identity belongs. Callers resolve an identity by it. */
  claimedBy?: string;
  identities: ExternalIdentity[];
  /** How they were first met: an acquisition that leaves it out says it again. */
  roles?: Role[];
  channel?: Channel;
  /** Of a prospect, what was said of it last. */
  qualification?: 'qualified' | 'disqualified';
}

export const unknownCustomer: CustomerState = {
  status: 'unknown',
  identities: [],
  ...neverMerged,
  ...noProfile,
  ...noRelationship,
  ...nothingToRetain,
  erased: false,
};

export function evolve(state: CustomerState, event: Happened<CustomerEvent>): CustomerState {
  switch (event.type) {
    case 'ProspectIdentified':
      return met(state, 'prospect', event.data);
    case 'ProspectQualified':
      return { ...state, qualification: 'qualified' };
    case 'ProspectDisqualified':
      return { ...state, qualification: 'disqualified' };
    case 'CustomerAcquired':
      return met(state, 'acquired', event.data);
    case 'ExternalIdentityLinked':
      return { ...state, identities: [...state.identities, event.data.identity] };
    case 'ExternalIdentityClaimed':
      return { ...state, status: 'claimed', claimedBy: event.data.customerId };
    case 'ChurnRiskAssessed':
    case 'RetentionOfferMade':
    case 'RetentionOfferAccepted':
    case 'RetentionOfferDeclined':
    case 'CustomerRetained':
    case 'CustomerChurned':
    case 'CustomerWonBack':
      return evolveRetention(state, event);
    case 'CustomersMerged':
    case 'CustomerAbsorbed':
    case 'CustomersUnmerged':
    case 'DuplicateDismissed':
      return evolveMerging(state, event);
    case 'ProfileUpdated':
    case 'ContactPointAdded':
    case 'ContactPointVerified':
    case 'ContactPointRemoved':
    case 'PartyLinked':
    case 'PartyUnlinked':
    case 'ConsentGranted':
    case 'ConsentWithdrawn':
      return evolveProfile(state, event);
    case 'NeedRecorded':
    case 'NeedMet':
    case 'NeedWithdrawn':
    case 'PromiseMade':
    case 'PromiseKept':
    case 'PromiseBroken':
    case 'OwnerAssigned':
    case 'RelationshipLevelAssigned':
    case 'PotentialAssessed':
      return evolveRelationship(state, event);
    case 'CustomerErased':
      return { ...forgotten(state), erased: true };
    default:
      return unreachable(event);
  }
}

/** What an acquisition leaves out stays as the prospect's stream knows it. */
function met(state: CustomerState, status: 'prospect' | 'acquired', data: ProspectIdentified): CustomerState {
  const { partyKind, roles, channel, name, externalIdentity } = data;
  const isNew = isGiven(externalIdentity) && !isKnownBy(state, externalIdentity);
  return {
    ...state,
    status,
    partyKind,
    roles,
    channel,
    identities: isNew ? [...state.identities, externalIdentity] : state.identities,
    profile: merged(state.profile, { name }),
  };
}

/** Whether the customer is known by the identity already. */
export function isKnownBy({ identities }: CustomerState, { system, id }: ExternalIdentity): boolean {
  return identities.some((identity) => identity.system === system && identity.id === id);
}
