import type { Subject } from './envelope.js';

/** Topics that leave the process. Names carry the version of the contract. */
export const CUSTOMER_EVENTS_TOPIC = 'rapport.customer.events.v1';
export const BUSINESS_EVENTS_TOPIC = 'rapport.business.events.v1';
/** Rapport's own: where the publisher keeps the position that it has published up to. */
export const PUBLISHER_POSITIONS_TOPIC = 'rapport.publisher.positions';

/** Partitions of an events topic. Fixed for ever: another number would break the order per customer. */
export const EVENT_PARTITIONS = 12;

/** The topic of events about a subject of this kind. */
export function eventsTopicOf(kind: Subject['kind']): string {
  switch (kind) {
    case 'customer':
      return CUSTOMER_EVENTS_TOPIC;
    case 'rules':
      return BUSINESS_EVENTS_TOPIC;
  }
}
