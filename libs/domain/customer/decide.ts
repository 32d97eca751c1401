import type { CustomerEvent } from '#contracts/events.js';
import { compareInstants } from '../calendar.js';
import { type Decided, type DecisionContext, unreachable } from '../decider.js';
import { ensure, happened, isGiven, requireNotAfterBusinessDate } from '../deciding.js';
import type {
  AcceptRetentionOffer,
  AcquireCustomer,
  AssessChurnRisk,
  ClaimExternalIdentity,
  CustomerCommand,
  DeclineRetentionOffer,
  LinkExternalIdentity,
  MakeRetentionOffer,
  RetainCustomer,
} from './commands.js';
import { erase } from './erasing.js';
import type { CustomerState, RetentionOffer } from './state.js';

type Decision = Decided<CustomerEvent>[];

/** The rules of a `customer-{id}` stream. */
export function decide(command: CustomerCommand, state: CustomerState, context: DecisionContext): Decision {
  requireNotAfterBusinessDate(context);
  switch (command.type) {
    case 'AcquireCustomer':
      return acquire(command, state, context);
    case 'ClaimExternalIdentity':
      return claim(command, state, context);
    case 'LinkExternalIdentity':
      return link(command, known(state), context);
    case 'AssessChurnRisk':
      return assessRisk(command, known(state), context);
    case 'MakeRetentionOffer':
      return makeOffer(command, known(state), context);
    case 'AcceptRetentionOffer':
      return acceptOffer(command, known(state), context);
    case 'DeclineRetentionOffer':
      return declineOffer(command, known(state), context);
    case 'RetainCustomer':
      return retain(command, known(state), context);
    case 'EraseCustomer':
      return erase(command, known(state), context);
    default:
      return unreachable(command);
  }
}

function acquire({ type, ...data }: AcquireCustomer, state: CustomerState, context: DecisionContext): Decision {
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
function claim({ type, ...data }: ClaimExternalIdentity, state: CustomerState, context: DecisionContext): Decision {
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

function link({ type, ...data }: LinkExternalIdentity, state: CustomerState, context: DecisionContext): Decision {
  const { system, id } = data.identity;
  const linked = state.identities.some((identity) => identity.system === system && identity.id === id);
  return linked ? [] : [happened('ExternalIdentityLinked', data, context)];
}

function assessRisk({ type, ...data }: AssessChurnRisk, _: CustomerState, context: DecisionContext): Decision {
  return [happened('ChurnRiskAssessed', data, context)];
}

function makeOffer({ type, ...data }: MakeRetentionOffer, state: CustomerState, context: DecisionContext): Decision {
  ensure(
    state.offers[data.offerId] === undefined,
    'conflict',
    'retention-offer-made-once',
    `Offer ${data.offerId} has already been made: give a new offer an id of its own.`,
    'offerId',
  );
  ensure(
    compareInstants(data.expiresAt, context.occurredAt) > 0,
    'invalid',
    'retention-offer-expires-later',
    `The offer is made at ${context.occurredAt} and would expire at ${data.expiresAt}: let it expire later.`,
    'expiresAt',
  );
  ensure(
    isGiven(data.cost) === isGiven(data.currency),
    'invalid',
    'amount-with-currency',
    'A cost needs its currency, and a currency its cost: give both or neither.',
    !isGiven(data.cost) ? 'cost' : 'currency',
  );
  return [happened('RetentionOfferMade', data, context)];
}

function acceptOffer(
  { type, ...data }: AcceptRetentionOffer,
  state: CustomerState,
  context: DecisionContext,
): Decision {
  requireOpen(data.offerId, state, context);
  return [happened('RetentionOfferAccepted', data, context)];
}

function declineOffer(
  { type, ...data }: DeclineRetentionOffer,
  state: CustomerState,
  context: DecisionContext,
): Decision {
  requireOpen(data.offerId, state, context);
  return [happened('RetentionOfferDeclined', data, context)];
}

/** Retained needs an assessed risk or an accepted offer. */
function retain({ type, ...data }: RetainCustomer, state: CustomerState, context: DecisionContext): Decision {
  ensure(
    (data.basis === 'offerAccepted') === isGiven(data.offerId),
    'invalid',
    'retention-names-its-offer',
    'Basis offerAccepted names the accepted offer by offerId; basis riskRecovered names none.',
    'offerId',
  );
  if (!isGiven(data.offerId)) {
    ensure(
      state.wasAtRisk,
      'conflict',
      'retention-needs-a-risk',
      'No medium or high churn risk has been assessed since the last retention: there is nothing that the customer recovered from.',
      'basis',
    );
  } else {
    const offer = offerOf(data.offerId, state);
    ensure(
      offer.answer === 'accepted',
      'conflict',
      'retention-needs-an-accepted-offer',
      `Offer ${data.offerId} is ${offer.answer}: only an accepted one retains a customer.`,
      'offerId',
    );
    ensure(
      !offer.used,
      'conflict',
      'retention-offer-serves-once',
      `Offer ${data.offerId} has already been the basis of a retention.`,
      'offerId',
    );
  }
  return [happened('CustomerRetained', data, context)];
}

function known(state: CustomerState): CustomerState {
  ensure(
    state.status !== 'claimed',
    'not-found',
    'customer-not-found',
    `This is an identity of customer ${state.claimedBy}: send the command there.`,
  );
  ensure(
    state.status === 'acquired',
    'not-found',
    'customer-not-found',
    'There is no such customer: acquire them first.',
  );
  return state;
}

function offerOf(offerId: string, state: CustomerState): RetentionOffer {
  const offer = state.offers[offerId];
  ensure(
    offer !== undefined,
    'not-found',
    'retention-offer-not-found',
    `No offer ${offerId} has been made to this customer.`,
    'offerId',
  );
  return offer;
}

function requireOpen(offerId: string, state: CustomerState, { occurredAt }: DecisionContext): void {
  const offer = offerOf(offerId, state);
  ensure(
    offer.answer === 'open',
    'conflict',
    'retention-offer-answered-once',
    `Offer ${offerId} has already been ${offer.answer}: make a new offer instead.`,
    'offerId',
  );
  ensure(
    compareInstants(occurredAt, offer.expiresAt) <= 0,
    'conflict',
    'retention-offer-not-expired',
    `Offer ${offerId} expired at ${offer.expiresAt}: make a new offer instead.`,
    'offerId',
  );
}
