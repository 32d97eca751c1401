import type { RiskFact } from '#contracts/retention.events.js';

/** The event that a sign was read off. */
export interface SignSource {
  eventId: string;
  occurredAt: string;
  /** Its place in the whole store: what the rules took into account is not taken into account again. */
  position: string;
}

/**
 * Something that has happened and says whether a customer may leave. `unsettled`: a complaint was raised or came up
 * again. `rated`: an answer, by its share of the scale. `silent`: no purchase for too long; told by the review of
 * rhythms and not by an event, hence without a position.
 */
export type RiskSign =
  | ({ sign: 'unsettled' | 'settled'; complaintId: string } & SignSource)
  | ({ sign: 'rated'; about: string; surveyId: string; share: number } & SignSource)
  | ({ sign: 'promiseBroken'; promiseId: string } & SignSource)
  | ({ sign: 'bought' } & SignSource)
  | { sign: 'silent'; eventId: string; occurredAt: string; lastPurchase: RiskFact };
