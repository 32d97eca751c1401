import type { CustomerEvent } from '#contracts/events.js';
import { compareInstants } from '../calendar.js';
import { type Happened, unreachable } from '../decider.js';
import { isGiven } from '../deciding.js';
import { RULES_MODEL } from '../retention/assess-risk.js';
import type { RetentionOffer } from './retention-state.js';
import type { CustomerState } from './state.js';

export type RetentionEvent = Extract<
  CustomerEvent,
  {
    type:
      | 'ChurnRiskAssessed'
      | 'RetentionOfferMade'
      | 'RetentionOfferAccepted'
      | 'RetentionOfferDeclined'
      | 'CustomerRetained'
      | 'CustomerChurned'
      | 'CustomerWonBack';
  }
>;

/** The state after an event of retention. */
export function evolveRetention(state: CustomerState, event: Happened<RetentionEvent>): CustomerState {
  switch (event.type) {
    case 'ChurnRiskAssessed':
    case 'CustomerRetained':
    case 'CustomerWonBack': {
      const { riskToldAt } = state;
      const isLatest = riskToldAt === undefined || compareInstants(event.occurredAt, riskToldAt) > 0;
      return changed(isLatest ? { ...state, riskToldAt: event.occurredAt } : state, event);
    }
    default:
      return changed(state, event);
  }
}

function changed(state: CustomerState, event: Happened<RetentionEvent>): CustomerState {
  switch (event.type) {
    case 'ChurnRiskAssessed': {
      const { score, band, factors, model, knownThrough } = event.data;
      const assessed = { ...state, lastRisk: { score, band }, wasAtRisk: state.wasAtRisk || band !== 'low' };
      if (model.name !== RULES_MODEL) return assessed;
      return { ...assessed, rulesRisk: { band, factors, ...(isGiven(knownThrough) ? { knownThrough } : {}) } };
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
    case 'CustomerChurned':
      return churned(state, event.occurredAt);
    case 'CustomerWonBack': {
      const { churnedAt: _, ...back } = state;
      return isGiven(event.data.offerId) ? withOffer(back, event.data.offerId, { used: true }) : back;
    }
    default:
      return unreachable(event);
  }
}

/** Who has left is at no risk of it: what spoke for it is over, and what was offered against it. */
function churned(state: CustomerState, churnedAt: string): CustomerState {
  const { lastRisk: _, rulesRisk, ...rest } = state;
  const offers = Object.entries(state.offers).map(([id, offer]): [string, RetentionOffer] => {
    return [id, offer.answer === 'open' ? { ...offer, answer: 'lapsed' } : { ...offer, used: true }];
  });
  const knownThrough = rulesRisk?.knownThrough;
  return {
    ...rest,
    churnedAt,
    wasAtRisk: false,
    offers: Object.fromEntries(offers),
    // What the rules knew of is gone, but not that they knew it: it must not be taken into account again.
    ...(knownThrough === undefined ? {} : { rulesRisk: { band: 'low', factors: [], knownThrough } }),
  };
}

const NEVER_MADE: RetentionOffer = { expiresAt: '', answer: 'open', used: false };

function withOffer(state: CustomerState, offerId: string, change: Partial<RetentionOffer>): CustomerState {
  const offer = { ...(state.offers[offerId] ?? NEVER_MADE), ...change };
  return { ...state, offers: { ...state.offers, [offerId]: offer } };
}
