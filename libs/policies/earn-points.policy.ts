import { EarnPoints } from '#commands/handlers/loyalty.handler.js';
import type { Recorded } from '#contracts/envelope.js';
import type { PurchaseEvent, RapportEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import type { Policy } from './policy.js';

type Purchased = Recorded<Extract<PurchaseEvent, { type: 'CustomerPurchased' }>>;

/** Of one command. Each becomes an event of less than 1 KiB, and an append takes 1 MiB at the most. */
const MOST_SOURCES = 500;

/**
 * A purchase earns points. It begins at the beginning, because a purchase that was recorded before the first worker
 * ran earns too: a source earns once, for ever, so nothing is earned twice.
 */
export const earnPoints: Policy = {
  name: 'earn_points',
  startAt: 'beginning',
  react: (events) =>
    [...byCustomer(events)].flatMap(([customerId, purchases]) =>
      inParts(purchases).map((part) => toCommand(customerId, part)),
    ),
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

/**
 * A customer may have more purchases in a batch than events fit into an append: a shop that books all its sales without
 * an account on one customer.
 */
function inParts(purchases: Purchased[]): Purchased[][] {
  const count = Math.ceil(purchases.length / MOST_SOURCES);
  return Array.from({ length: count }, (_, part) => purchases.slice(part * MOST_SOURCES, (part + 1) * MOST_SOURCES));
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
