import type { Recorded } from '#contracts/envelope.js';
import { without } from '#contracts/paths.js';
import { personalPaths } from '#event-store/personal-data-cipher.js';
import type { Credential } from './credential.js';
import { type ApiRole, READERS } from './roles.js';

/** Who sees personal data in the feed of events, which gives everything of everybody. */
const FEED_READERS: readonly ApiRole[] = ['auditor', 'admin'];

/** Whether the answers to a query about customers hold personal data. */
export function seesPersonalData({ role }: Credential): boolean {
  return READERS.includes(role);
}

/** Whether the events of the feed hold personal data. */
export function seesPersonalDataInFeed({ role }: Credential): boolean {
  return FEED_READERS.includes(role);
}

/**
 * An event without what is marked as personal in its declaration, and without the free text that says why: what people
 * write there is nobody's to check.
 */
export function withoutPersonalFields<Event extends Pick<Recorded, 'type' | 'data' | 'metadata'>>(event: Event): Event {
  const { reason: _, ...metadata } = event.metadata;
  return { ...event, data: without(event.data, personalPaths(event.type)), metadata };
}
