import type { Channel, Role } from '#contracts/codes.js';
import type { ExternalIdentity } from '#contracts/customer.events.js';
import type { ErasableState } from './erasing.js';
import { type MergingState, neverMerged } from './merging-state.js';
import { noProfile, type ProfileState } from './profile-state.js';
import { noRelationship, type RelationshipState } from './relationship-state.js';
import { nothingToRetain, type RetentionState } from './retention-state.js';

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

/** Whether the customer is known by the identity already. */
export function isKnownBy({ identities }: CustomerState, { system, id }: ExternalIdentity): boolean {
  return identities.some((identity) => identity.system === system && identity.id === id);
}
