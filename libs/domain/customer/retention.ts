import { compareInstants } from '../calendar.js';
import type { DecisionContext } from '../decider.js';
import { ensure, happened, isGiven } from '../deciding.js';
import type { Decision } from './known.js';
import type {
  AcceptRetentionOffer,
  AssessChurnRisk,
  DeclineRetentionOffer,
  MakeRetentionOffer,
  RetainCustomer,
} from './retention-commands.js';
import type { RetentionOffer } from './retention-state.js';
import type { CustomerState } from './state.js';

/** Every assessment is recorded. */
export function assessRisk({ type, ...data }: AssessChurnRisk, _: CustomerState, context: DecisionContext): Decision {
  return [happened('ChurnRiskAssessed', data, context)];
}

/** An offer to stay. */
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
