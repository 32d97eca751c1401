import { EarnPoints } from '#commands/handlers/loyalty.handler.js';
import type { Recorded } from '#contracts/envelope.js';
import type { PurchaseEvent, RapportEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import type { EarningSource, PurchaseChange } from '#domain/loyalty/commands.js';
import type { Policy } from './policy.js';

type Purchased = Recorded<Extract<PurchaseEvent, { type: 'CustomerPurchased' }>>;
type Changed = Recorded<
  Extract<PurchaseEvent, { type: 'PurchaseReturned' | 'PurchaseCancelled' | 'PurchaseCorrected' }>
>;

/** The facts of one customer in a batch, in order. */
interface Facts {
  sources: EarningSource[];
  changes: PurchaseChange[];
  /** Of each event, by its id. */
  correlations: Map<string, string>;
  last: Recorded<RapportEvent>;
}

/**
 * A purchase earns points; a return, a cancellation or a correction takes them back, or adds to them. One policy for
 * both, because what is claimed has to have been earned before. It begins at the beginning, because a purchase that was
 * recorded before the first worker ran earns too: each counts once, for ever, so nothing counts twice.
 */
export const earnPoints: Policy = {
  name: 'earn_points',
  startAt: 'beginning',
  react: (events) => [...byCustomer(events)].map(([customerId, facts]) => toCommand(customerId, facts)),
};

function byCustomer(events: Recorded<RapportEvent>[]): Map<string, Facts> {
  const customers = new Map<string, Facts>();
  for (const event of events) {
    const customerId = customerOf(event);
    if (customerId === undefined) continue;
    const facts: Facts = customers.get(customerId) ?? {
      sources: [],
      changes: [],
      correlations: new Map(),
      last: event,
    };
    customers.set(customerId, facts);
    if (event.type === 'CustomerPurchased') facts.sources.push(toSource(event));
    else facts.changes.push(...toChange(event as Changed));
    facts.correlations.set(event.eventId, event.metadata.correlationId);
    facts.last = event;
  }
  return customers;
}

/** Whose points it is about; undefined when it is about none. */
function customerOf(event: Recorded<RapportEvent>): string | undefined {
  switch (event.type) {
    case 'CustomerPurchased':
      return event.data.customerId;
    case 'PurchaseReturned':
    case 'PurchaseCancelled':
    case 'PurchaseCorrected':
      return event.data.remainder && event.metadata.customerId;
    default:
      return undefined;
  }
}

function toSource({ eventId, metadata, data }: Purchased): EarningSource {
  return { eventId, occurredAt: metadata.occurredAt, amount: data.total, currency: data.currency };
}

function toChange({ type, eventId, metadata, data }: Changed): PurchaseChange[] {
  if (data.remainder === undefined) return [];
  const { purchasedEventId, purchasedAt, currency, before, after } = data.remainder;
  const change: PurchaseChange = {
    eventId,
    occurredAt: metadata.occurredAt,
    purchase: { eventId: purchasedEventId, occurredAt: purchasedAt, currency },
    before,
    after,
    returnId: type === 'PurchaseReturned' ? (data as { returnId: string }).returnId : eventId,
  };
  return [type === 'PurchaseCancelled' ? { ...change, isCancellation: true } : change];
}

function toCommand(customerId: string, { sources, changes, correlations, last }: Facts): EarnPoints {
  const meta = {
    commandId: derivedId('policy', earnPoints.name, ...[...sources, ...changes].map(({ eventId }) => eventId)),
    actor: { id: earnPoints.name, kind: 'policy' as const },
    occurredAt: last.metadata.occurredAt,
    correlationId: last.metadata.correlationId,
    causationId: last.eventId,
    correlations,
    decidedBy: { policy: earnPoints.name },
  };
  return new EarnPoints(customerId, sources, meta, changes);
}
