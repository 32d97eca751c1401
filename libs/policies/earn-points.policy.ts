import { EarnPoints } from '#commands/handlers/loyalty.handler.js';
import type { Recorded } from '#contracts/envelope.js';
import type { PurchaseEvent, RapportEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import type { Policy } from './policy.js';

type Purchased = Recorded<Extract<PurchaseEvent, { type: 'CustomerPurchased' }>>;

/**
 * A purchase earns points. It begins at the beginning, because a purchase that was recorded before the first worker
 * ran earns too: a source earns once, for ever, so nothing is earned twice.
 */
export const earnPoints: Policy = {
  name: 'earn_points',
  startAt: 'beginning',
  react: (events) => [...byCustomer(events)].map(([customerId, purchases]) => toCommand(customerId, purchases)),
};

function byCustomer(events: Recorded<RapportEvent>[]): Map<string, Purchased[]> {
  const customers = new Map<string, Purchased[]>();
  for (const event of events) {
    if (event.type !== 'CustomerPurchased') continue;
    const purchases = customers.get(event.data.customerId);
    if (purchases) purchases.push(event);
    else customers.set(event.data.customerId, [event]);
  }
  return customers;
}

function toCommand(customerId: string, purchases: Purchased[]): EarnPoints {
  const last = purchases.at(-1)!;
  const sources = purchases.map(({ eventId, metadata, data }) => ({
    eventId,
    occurredAt: metadata.occurredAt,
    amount: data.total,
    currency: data.currency,
  }));
  return new EarnPoints(customerId, sources, {
    commandId: derivedId('policy', earnPoints.name, ...sources.map(({ eventId }) => eventId)),
    actor: { id: earnPoints.name, kind: 'policy' },
    occurredAt: last.metadata.occurredAt,
    correlationId: last.metadata.correlationId,
    causationId: last.eventId,
    decidedBy: { policy: earnPoints.name },
  });
}
