import type { ExternalIdentity } from '#contracts/customer.events.js';
import type { CustomerEvent } from '#contracts/events.js';
import { type Happened, unreachable } from '../decider.js';
import { evolveMerging, type MergingState, neverMerged } from './merging-state.js';
import { evolveRetention, nothingToRetain, type RetentionState } from './retention-state.js';

/** What the commands of a `customer-{id}` stream need to know. Plain JSON: it is cached and put into snapshots. */
export interface CustomerState extends MergingState, RetentionState {
  /** `claimed`: the stream's id is an identity of another customer. */
  status: 'unknown' | 'acquired' | 'claimed';
  /** Of a claimed stream: the customer to whom the identity belongs. Callers resolve an identity by it. */
  claimedBy?: string;
  identities: ExternalIdentity[];
}

export const unknownCustomer: CustomerState = { status: 'unknown', identities: [], ...neverMerged, ...nothingToRetain };

export function evolve(state: CustomerState, event: Happened<CustomerEvent>): CustomerState {
  switch (event.type) {
    case 'CustomerAcquired': {
      const { externalIdentity } = event.data;
      return { ...state, status: 'acquired', identities: externalIdentity ? [externalIdentity] : [] };
    }
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
    case 'ProspectIdentified':
    case 'ProspectQualified':
    case 'ProspectDisqualified':
    case 'ProfileUpdated':
    case 'ContactPointAdded':
    case 'ContactPointVerified':
    case 'ContactPointRemoved':
    case 'PartyLinked':
    case 'PartyUnlinked':
    case 'ConsentGranted':
    case 'ConsentWithdrawn':
    case 'NeedRecorded':
    case 'NeedMet':
    case 'NeedWithdrawn':
    case 'PromiseMade':
    case 'PromiseKept':
    case 'PromiseBroken':
    case 'OwnerAssigned':
    case 'RelationshipLevelAssigned':
    case 'PotentialAssessed':
    case 'CustomerErased':
      return state;
    default:
      return unreachable(event);
  }
}
