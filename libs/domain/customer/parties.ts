import type { DecisionContext } from '../decider.js';
import { ensure, happened } from '../deciding.js';
import { requireNotErased } from './erasing.js';
import { isSameParty } from './evolve-profile.js';
import type { Decision } from './known.js';
import type { LinkParty, UnlinkParty } from './profile-commands.js';
import type { CustomerState } from './state.js';

/** How the customer is related to another one; what is said already is nothing new. */
export function linkParty(
  { type, customerId, isOtherErased = false, ...data }: LinkParty,
  state: CustomerState,
  context: DecisionContext,
): Decision {
  ensure(
    data.otherCustomerId !== customerId,
    'invalid',
    'party-not-itself',
    'A customer cannot be related to itself: name another one.',
    'otherCustomerId',
  );
  if (isLinked(data, state)) return [];
  requireNotErased(state.erased);
  requireNotErased(isOtherErased, 'otherCustomerId');
  return [happened('PartyLinked', data, context)];
}

/** They are no longer related so. */
export function unlinkParty({ type, ...data }: UnlinkParty, state: CustomerState, context: DecisionContext): Decision {
  ensure(
    isLinked(data, state),
    'not-found',
    'party-not-found',
    `The customer is not linked as ${data.relation} to customer ${data.otherCustomerId}.`,
    'otherCustomerId',
  );
  return [happened('PartyUnlinked', data, context)];
}

function isLinked(data: Omit<UnlinkParty, 'type'>, { parties }: CustomerState): boolean {
  return parties.some((party) => isSameParty(party, data));
}
