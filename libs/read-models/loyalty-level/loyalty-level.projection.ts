import type { LoyaltyEvent } from '#contracts/events.js';
import { streamCategories } from '#contracts/events.js';
import { STATE_TOPICS } from '#contracts/states.js';
import type { Happened } from '#domain/decider.js';
import { evolveAll } from '#domain/loyalty/evolve.js';
import { loyalty } from '#domain/loyalty/loyalty.decider.js';
import type { LoyaltyLedger } from '#domain/loyalty/state.js';
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
    const ledger = loyalty.evolve(row?.ledger ?? loyalty.initial, toHappened(event));
    return { customerId: event.metadata.customerId!, ledger, position: Number(event.position) };
  },
};

/** The ledger after all events of one customer; of those that are none of its business it stays as it is. */
export function ledgerAfter(events: RecordedEvent[]): LoyaltyLedger {
  return evolveAll(loyalty.initial, events.filter(isLoyaltyEvent).map(toHappened));
}

function toHappened({ eventId, type, data, metadata }: RecordedEvent & LoyaltyEvent): Happened<LoyaltyEvent> {
  return { type, data, eventId, occurredAt: metadata.occurredAt } as Happened<LoyaltyEvent>;
}

function isLoyaltyEvent(event: RecordedEvent): event is RecordedEvent & LoyaltyEvent {
  return event.type in streamCategories.loyalty;
}
