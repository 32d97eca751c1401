import type { DecisionContext } from '../decider.js';
import { ensure, happened } from '../deciding.js';
import type {
  AcquireCustomer,
  AcquireProspect,
  ClaimExternalIdentity,
  DisqualifyProspect,
  IdentifyProspect,
  LinkExternalIdentity,
  QualifyProspect,
} from './acquiring-commands.js';
import { requireNotErased } from './erasing.js';
import type { Decision } from './known.js';
import { requirePlausible } from './plausible.js';
import { type CustomerState, isKnownBy } from './state.js';

/** The first contact with somebody who has bought nothing yet. */
export function identify(
  { type, ...data }: IdentifyProspect,
  state: CustomerState,
  context: DecisionContext,
): Decision {
  requireUnclaimed(state);
  requireNotAcquired(state);
  ensure(
    state.status === 'unknown',
    'conflict',
    'prospect-identified-once',
    'The prospect has already been identified: change the existing one instead.',
  );
  requirePlausible({ name: data.name }, context);
  return [happened('ProspectIdentified', data, context)];
}

/** Worth pursuing, after a disqualification too. What is said already is nothing new. */
export function qualify({ type, ...data }: QualifyProspect, state: CustomerState, context: DecisionContext): Decision {
  requireNotAcquired(state);
  return state.qualification === 'qualified' ? [] : [happened('ProspectQualified', data, context)];
}

/** Not worth pursuing, for a reason. What is said already is nothing new. */
export function disqualify(
  { type, ...data }: DisqualifyProspect,
  state: CustomerState,
  context: DecisionContext,
): Decision {
  requireNotAcquired(state);
  return state.qualification === 'disqualified' ? [] : [happened('ProspectDisqualified', data, context)];
}

/** The first contact that made them a customer: of somebody new, or of a prospect. */
export function acquire({ type, ...data }: AcquireCustomer, state: CustomerState, context: DecisionContext): Decision {
  requireNotAcquired(state);
  requireUnclaimed(state);
  ensure(
    state.partyKind === undefined || state.partyKind === data.partyKind,
    'conflict',
    'party-kind-stays',
    `The prospect is known as ${state.partyKind}: what a party is does not change.`,
    'partyKind',
  );
  requirePlausible({ name: data.name }, context);
  return [happened('CustomerAcquired', data, context)];
}

/** A prospect becomes a customer. The event has to say what it is about a customer that the prospect's already said. */
export function acquireProspect(
  { type, ...data }: AcquireProspect,
  state: CustomerState,
  context: DecisionContext,
): Decision {
  const { partyKind = state.partyKind!, roles = state.roles!, channel = state.channel! } = data;
  return acquire({ type: 'AcquireCustomer', ...data, partyKind, roles, channel }, state, context);
}

/** One customer per external identity: the stream of the identity's own id is the claim (docs/adr/0007). */
export function claim(
  { type, ...data }: ClaimExternalIdentity,
  state: CustomerState,
  context: DecisionContext,
): Decision {
  const name = `${data.identity.system}:${data.identity.id}`;
  ensure(
    state.status !== 'acquired' && state.status !== 'prospect',
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
  if (isKnownBy(state, data.identity)) return [];
  requireNotErased(state.erased);
  return [happened('ExternalIdentityLinked', data, context)];
}

function requireNotAcquired({ status }: CustomerState): void {
  ensure(
    status !== 'acquired',
    'conflict',
    'customer-acquired-once',
    'The customer has already been acquired: change the existing one instead.',
  );
}

function requireUnclaimed({ status, claimedBy }: CustomerState): void {
  ensure(
    status !== 'claimed',
    'conflict',
    'identity-claimed',
    `This identity belongs to customer ${claimedBy}: send what is known about them there.`,
    'externalIdentity',
  );
}
