import type { ProspectIdentified } from '#contracts/customer.events.js';
import type { CustomerEvent } from '#contracts/events.js';
import { type Happened, unreachable } from '../decider.js';
import { isGiven } from '../deciding.js';
import { evolveMerging } from './evolve-merging.js';
import { evolveProfile, forgotten, merged } from './evolve-profile.js';
import { evolveRelationship } from './evolve-relationship.js';
import { evolveRetention } from './evolve-retention.js';
import { type CustomerState, isKnownBy } from './state.js';

/** The state after an event of a `customer-{id}` stream. */
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
