import type { RiskBand } from '#contracts/codes.js';
import type { CustomerEvent } from '#contracts/events.js';
import { type Happened, unreachable } from '../decider.js';
import { isGiven } from '../deciding.js';
import type { CustomerState } from './state.js';

export interface RetentionOffer {
  expiresAt: string;
  answer: 'open' | 'accepted' | 'declined';
  /** A retention has been based on it: it serves once. */
  used: boolean;
}

/** What the rules of retention need to know. */
export interface RetentionState {
  lastRisk?: { score: number; band: RiskBand };
  /** A medium or high risk has been assessed since the last retention; a later low one does not take that away. */
  wasAtRisk: boolean;
  /** By offer id. */
  offers: Record<string, RetentionOffer>;
}

export const nothingToRetain: RetentionState = { wasAtRisk: false, offers: {} };

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
    case 'CustomerChurned':
    case 'CustomerWonBack':
      return state;
    default:
      return unreachable(event);
  }
}

const NEVER_MADE: RetentionOffer = { expiresAt: '', answer: 'open', used: false };

function withOffer(state: CustomerState, offerId: string, change: Partial<RetentionOffer>): CustomerState {
  const offer = { ...(state.offers[offerId] ?? NEVER_MADE), ...change };
  return { ...state, offers: { ...state.offers, [offerId]: offer } };
}
