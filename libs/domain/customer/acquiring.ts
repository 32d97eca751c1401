import type { DecisionContext } from '../decider.js';
import { ensure, happened } from '../deciding.js';
import type { AcquireCustomer, ClaimExternalIdentity, LinkExternalIdentity } from './acquiring-commands.js';
import type { Decision } from './known.js';
import type { CustomerState } from './state.js';

/** The first contact that made them a customer. */
export function acquire({ type, ...data }: AcquireCustomer, state: CustomerState, context: DecisionContext): Decision {
  ensure(
    state.status !== 'acquired',
    'conflict',
    'customer-acquired-once',
    'The customer has already been acquired: change the existing one instead.',
  );
  ensure(
    state.status !== 'claimed',
    'conflict',
    'identity-claimed',
    `This identity belongs to customer ${state.claimedBy}: send what is known about them there.`,
    'externalIdentity',
  );
  return [happened('CustomerAcquired', data, context)];
}

/** One customer per external identity: the stream of the identity's own id is the claim (docs/adr/0007). */
export function claim(
  { type, ...data }: ClaimExternalIdentity,
  state: CustomerState,
  context: DecisionContext,
): Decision {
  const name = `${data.identity.system}:${data.identity.id}`;
  ensure(
    state.status !== 'acquired',
    'conflict',
    'identity-is-a-customer',
    `${name} is a customer of its own: merge the two customers instead of linking the identity.`,
    'identity',
  );
  if (state.claimedBy === data.customerId) return [];
  ensure(
    state.status !== 'claimed',
    'conflict',
    'identity-claimed',
    `${name} belongs to customer ${state.claimedBy}: an identity belongs to one customer, for ever.`,
    'identity',
  );
  return [happened('ExternalIdentityClaimed', data, context)];
}

/** What else the customer is known by. */
export function link(
  { type, ...data }: LinkExternalIdentity,
  state: CustomerState,
  context: DecisionContext,
): Decision {
  const { system, id } = data.identity;
  const linked = state.identities.some((identity) => identity.system === system && identity.id === id);
  return linked ? [] : [happened('ExternalIdentityLinked', data, context)];
}
