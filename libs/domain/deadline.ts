export const DEADLINE_KINDS = [
  'complaintAcknowledgement',
  'complaintResolution',
  'pointsExpiry',
  'loyaltyReview',
] as const;
export type DeadlineKind = (typeof DEADLINE_KINDS)[number];

/** A time at which something has to be decided, whoever is there or not. */
export interface Deadline {
  kind: DeadlineKind;
  /** What of the owner it is about, where there can be several of a kind: the offer, the lot. */
  about?: string;
  dueAt: string;
  /** The event that set it, and the correlation that goes on. */
  causationId: string;
  correlationId: string;
}

/** A deadline that has passed, and whose it is. */
export interface DueDeadline extends Deadline {
  /** A stream, or `customer-{id}` for what is about a customer as a whole. */
  owner: string;
  customerId?: string;
}
