import { isBusinessDay, isInstant } from '#contracts/fields.js';
import { instantInRow } from '../customer-360/row-change.js';

/** Up to where the past is looked at; what is left out does not bound it. */
export interface Moment {
  /** What was recorded by then: up to and including a position, an instant or a day. */
  asOf?: string;
  /** What had happened by then: an instant or a day. */
  effectiveAt?: string;
}

/** A position: digits alone. A day has dashes. */
export function isPosition(text: string): boolean {
  return /^\d{1,18}$/.test(text);
}

/** An instant, or a day, which counts to its end, in UTC. */
export function isPointInTime(text: unknown): text is string {
  return isInstant(text) || isBusinessDay(text);
}

/** The first instant that counts. */
export function firstInstant(pointInTime: string): string {
  return isBusinessDay(pointInTime) ? `${pointInTime}T00:00:00.000Z` : pointInTime;
}

/** The last instant that counts, as rows keep instants. */
export function throughInstant(pointInTime: string): string {
  return isBusinessDay(pointInTime) ? `${pointInTime}T23:59:59.999Z` : instantInRow(pointInTime);
}

/**
 * The day on which a moment is judged: that of what had happened, else that of what was known, which may not be later
 * than the business date, where that is pinned.
 */
export function dayOf({ asOf, effectiveAt }: Moment, businessDate: string): string {
  if (effectiveAt !== undefined) return effectiveAt.slice(0, 10);
  if (asOf === undefined || isPosition(asOf)) return businessDate;
  const day = asOf.slice(0, 10);
  return day < businessDate ? day : businessDate;
}
