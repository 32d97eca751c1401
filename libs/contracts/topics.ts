import type { Subject } from './envelope.js';

/** Topics that leave the process. Names carry the version of the contract. */
export const CUSTOMER_EVENTS_TOPIC = 'rapport.customer.events.v1';
export const BUSINESS_EVENTS_TOPIC = 'rapport.business.events.v1';
/** Of each customer the present state, the last message of a key. */
export const CUSTOMER_360_TOPIC = 'rapport.customer.360.v1';
export const LOYALTY_LEVEL_TOPIC = 'rapport.loyalty.level.v1';
/** Rapport's own: where the publishers keep the positions that they have published up to. */
export const PUBLISHER_POSITIONS_TOPIC = 'rapport.publisher.positions';

/** Partitions of a topic by customer. Fixed for ever: another number would break the order per customer. */
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
