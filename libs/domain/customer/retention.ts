import { compareInstants } from '../calendar.js';
import type { DecisionContext } from '../decider.js';
import { ensure, happened, isGiven } from '../deciding.js';
import { RULES_MODEL } from '../retention/assess-risk.js';
import type { Decision } from './known.js';
import type {
  AcceptRetentionOffer,
  AssessChurnRisk,
  ChurnCustomer,
  DeclineRetentionOffer,
  MakeRetentionOffer,
  RetainCustomer,
  WinBackCustomer,
} from './retention-commands.js';
import type { RetentionOffer } from './retention-state.js';
import type { CustomerState } from './state.js';

/** Every assessment is recorded. What the published rules say they say themselves: their facts are kept in it. */
export function assessRisk(
  { type, ...data }: AssessChurnRisk,
  state: CustomerState,
  context: DecisionContext,
): Decision {
  ensure(
    data.model.name !== RULES_MODEL,
    'invalid',
    'risk-model-reserved',
    `${RULES_MODEL} is the name of what the published rules assess by themselves: name another model.`,
    'model.name',
  );
  requireNotChurned(state, 'they are at no risk of leaving');
  return [happened('ChurnRiskAssessed', data, context)];
}

/** An offer to stay; after they have churned, one to come back. */
export function makeOffer(
  { type, ...data }: MakeRetentionOffer,
  state: CustomerState,
  context: DecisionContext,
): Decision {
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

/** Each offer is answered once, in time. */
export function acceptOffer(
  { type, ...data }: AcceptRetentionOffer,
  state: CustomerState,
  context: DecisionContext,
): Decision {
  requireOpen(data.offerId, state, context);
  return [happened('RetentionOfferAccepted', data, context)];
}

/** Each offer is answered once, in time. */
export function declineOffer(
  { type, ...data }: DeclineRetentionOffer,
  state: CustomerState,
  context: DecisionContext,
): Decision {
  requireOpen(data.offerId, state, context);
  return [happened('RetentionOfferDeclined', data, context)];
}

/** Retained needs an assessed risk or an accepted offer. */
export function retain({ type, ...data }: RetainCustomer, state: CustomerState, context: DecisionContext): Decision {
  requireNotChurned(state, 'win them back instead');
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
    requireAcceptedOnce(data.offerId, state);
  }
  return [happened('CustomerRetained', data, context)];
}

/** They have left. Again only after they were won back. */
export function churn({ type, ...data }: ChurnCustomer, state: CustomerState, context: DecisionContext): Decision {
  ensure(
    state.churnedAt === undefined,
    'conflict',
    'customer-churned-once',
    `The customer churned at ${state.churnedAt}: only one who was won back can churn again.`,
  );
  return [happened('CustomerChurned', data, context)];
}

/** They are back. An offer that it names was made since they left, because what was open before has lapsed. */
export function winBack({ type, ...data }: WinBackCustomer, state: CustomerState, context: DecisionContext): Decision {
  ensure(
    state.churnedAt !== undefined,
    'conflict',
    'win-back-needs-churned',
    'The customer has not churned: only one who left can be won back.',
  );
  ensure(
    compareInstants(context.occurredAt, state.churnedAt) >= 0,
    'invalid',
    'win-back-after-churn',
    `The customer churned at ${state.churnedAt}: they can only be won back after that.`,
    'occurredAt',
  );
  if (isGiven(data.offerId)) requireAcceptedOnce(data.offerId, state);
  return [happened('CustomerWonBack', data, context)];
}

function requireNotChurned({ churnedAt }: CustomerState, hence: string): void {
  ensure(
    churnedAt === undefined,
    'conflict',
    'customer-not-churned',
    `The customer churned at ${churnedAt}: ${hence}.`,
  );
}

function requireAcceptedOnce(offerId: string, state: CustomerState): void {
  const offer = offerOf(offerId, state);
  ensure(
    offer.answer === 'accepted',
    'conflict',
    'retention-needs-an-accepted-offer',
    `Offer ${offerId} is ${offer.answer}: name one that was accepted.`,
    'offerId',
  );
  ensure(
    !offer.used,
    'conflict',
    'retention-offer-serves-once',
    `Offer ${offerId} has already served, or is from before the customer churned.`,
    'offerId',
  );
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
    `Offer ${offerId} has already ${offer.answer === 'lapsed' ? 'lapsed' : `been ${offer.answer}`}: make a new offer instead.`,
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
