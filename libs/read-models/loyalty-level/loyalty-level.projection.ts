import type { LoyaltyEvent } from '#contracts/events.js';
import { streamCategories } from '#contracts/events.js';
import { STATE_TOPICS } from '#contracts/states.js';
import { loyalty } from '#domain/loyalty/loyalty.decider.js';
import type { Projection, RecordedEvent } from '#processing/projection.js';
import { LoyaltyLevel } from './loyalty-level.table.js';

/** The ledger is folded by the domain itself: what a command decides on and what a query shows cannot differ. */
export const loyaltyLevel: Projection<LoyaltyLevel> = {
  name: 'loyalty_level',
  version: 3,
  table: LoyaltyLevel,
  segmentedBy: 'customer',
  states: {
    topics: STATE_TOPICS,
    changed: (before, after) => STATE_TOPICS.map((topic) => ({ topic, customerId: (after ?? before)!.customerId })),
  },
  key: (event) => (isLoyaltyEvent(event) ? event.metadata.customerId : undefined),
  evolve: (row, event) => {
    if (!isLoyaltyEvent(event)) return row;
    const { eventId, metadata, position } = event;
    const ledger = loyalty.evolve(row?.ledger ?? loyalty.initial, {
      ...event,
      eventId,
      occurredAt: metadata.occurredAt,
    });
    return { customerId: metadata.customerId!, ledger, position: Number(position) };
  },
};

function isLoyaltyEvent(event: RecordedEvent): event is RecordedEvent & LoyaltyEvent {
  return event.type in streamCategories.loyalty;
}
