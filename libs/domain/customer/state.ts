import type { RiskBand } from '#contracts/codes.js';
import type { ExternalIdentity } from '#contracts/customer.events.js';
import type { CustomerEvent } from '#contracts/events.js';
import { type Happened, unreachable } from '../decider.js';
import { isGiven } from '../deciding.js';
import type { ErasableState } from './erasing.js';

export interface RetentionOffer {
  expiresAt: string;
  answer: 'open' | 'accepted' | 'declined';
  /** A retention has been based on it: it serves once. */
  used: boolean;
}

/** What the commands of a `customer-{id}` stream need to know. Plain JSON: it is cached and put into snapshots. */
export interface CustomerState extends ErasableState {
  /** `claimed`: the stream's id is an identity of another customer. */
  status: 'unknown' | 'acquired' | 'claimed';
  /** Of a claimed stream: the customer to whom the identity belongs. Callers resolve an identity by it. */
  claimedBy?: string;
  identities: ExternalIdentity[];
  lastRisk?: { score: number; band: RiskBand };
  /** A medium or high risk has been assessed since the last retention; a later low one does not take that away. */
  wasAtRisk: boolean;
  /** By offer id. */
  offers: Record<string, RetentionOffer>;
}

export const unknownCustomer: CustomerState = {
  status: 'unknown',
  identities: [],
  wasAtRisk: false,
  offers: {},
  erased: false,
};

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
    case 'ChurnRiskAssessed': {
      const { score, band } = event.data;
      return { ...state, lastRisk: { score, band }, wasAtRisk: state.wasAtRisk || band !== 'low' };
    }
    case 'RetentionOfferMade':
      return withOffer(state, event.data.offerId, { expiresAt: event.data.expiresAt, answer: 'open', used: false });
    case 'RetentionOfferAccepted':
      return withOffer(state, event.data.offerId, { answer: 'accepted' });
    case 'RetentionOfferDeclined':
      return withOffer(state, event.data.offerId, { answer: 'declined' });
    case 'CustomerRetained': {
      const retained = { ...state, wasAtRisk: false };
      return isGiven(event.data.offerId) ? withOffer(retained, event.data.offerId, { used: true }) : retained;
    }
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
    case 'CustomerChurned':
    case 'CustomerWonBack':
    case 'CustomersMerged':
    case 'CustomerAbsorbed':
    case 'CustomersUnmerged':
    case 'DuplicateDismissed':
      return state;
    case 'CustomerErased':
      return { ...state, erased: true };
    default:
      return unreachable(event);
  }
}

const NEVER_MADE: RetentionOffer = { expiresAt: '', answer: 'open', used: false };

function withOffer(state: CustomerState, offerId: string, change: Partial<RetentionOffer>): CustomerState {
  const offer = { ...(state.offers[offerId] ?? NEVER_MADE), ...change };
  return { ...state, offers: { ...state.offers, [offerId]: offer } };
}
