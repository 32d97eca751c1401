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
 * again. `rated`: an answer, by its share of the scale.
 */
type RecordedSign =
  | ({ sign: 'unsettled' | 'settled'; complaintId: string } & SignSource)
  | ({ sign: 'rated'; about: string; surveyId: string; share: number } & SignSource)
  | ({ sign: 'promiseBroken'; promiseId: string } & SignSource)
  | ({ sign: 'bought' } & SignSource);

/**
 * What the review of silent customers says, on no event of its own and hence without a position. `silent`: no purchase
 * for too long. `heard`: they have bought since that was said.
 */
export interface ReviewSign {
  sign: 'silent' | 'heard';
  /** Of the last purchase. */
  eventId: string;
  occurredAt: string;
  lastPurchase: RiskFact;
}

export type RiskSign = RecordedSign | ReviewSign;

/** A complaint was found to be the customer's: it says itself whether it is settled by now. */
export type ComplaintFound = { sign: 'complaintFound'; complaintId: string } & SignSource;

/** What an event says, before a complaint that it is about has been asked. */
export type SignInEvent = RiskSign | ComplaintFound;
