import type { PurchaseEvent } from '#contracts/events.js';
import type { LineQuantity, PurchaseContent } from '#contracts/purchase.events.js';
import { type Happened, unreachable } from '../decider.js';
import { isGiven } from '../deciding.js';

/** A purchase as it stands: as recorded, corrected and costed, and what became of it. */
export interface RecordedPurchase {
  /** The event that recorded it, and when it happened: what earned points. */
  eventId: string;
  occurredAt: string;
  currency: string;
  content: PurchaseContent;
  fulfilled: LineQuantity[];
  fulfilmentIds: string[];
  paymentIds: string[];
  returned: LineQuantity[];
  returnIds: string[];
  refunded: number;
  isCancelled: boolean;
}

/** What the commands of a `purchase-{id}` stream need to know. Plain JSON: it is cached and put into snapshots. */
export interface PurchaseState {
  holds: 'nothing' | 'purchase' | 'unlinkedReturn';
  customerId?: string;
  purchase?: RecordedPurchase;
}

export const noPurchase: PurchaseState = { holds: 'nothing' };

export function evolve(state: PurchaseState, event: Happened<PurchaseEvent>): PurchaseState {
  switch (event.type) {
    case 'CustomerPurchased': {
      const { customerId, currency, lines, subtotal, discount, shipping, tax, total } = event.data;
      const { eventId, occurredAt } = event;
      const content = { lines, subtotal, discount, shipping, tax, total };
      const purchase = { eventId, occurredAt, currency, content, ...NOTHING_YET };
      return { holds: 'purchase', customerId, purchase };
    }
    case 'UnlinkedReturnRecorded':
      return { holds: 'unlinkedReturn', customerId: event.data.customerId };
    case 'PurchaseCosted':
      return withPurchase(state, ({ content }) => ({ content: costed(content, event.data.lines) }));
    case 'PurchaseFulfilled':
      return withPurchase(state, ({ fulfilled, fulfilmentIds }) => ({
        fulfilled: plus(fulfilled, event.data.lines),
        fulfilmentIds: [...fulfilmentIds, event.data.fulfilmentId],
      }));
    case 'PaymentReceived':
      return withPurchase(state, ({ paymentIds }) => ({ paymentIds: [...paymentIds, event.data.paymentId] }));
    case 'PurchaseReturned':
      return withPurchase(state, ({ returned, returnIds, refunded }) => ({
        returned: plus(returned, event.data.lines),
        returnIds: [...returnIds, event.data.returnId],
        refunded: refunded + event.data.refund,
      }));
    case 'PurchaseCancelled':
      return withPurchase(state, () => ({ isCancelled: true }));
    case 'PurchaseCorrected':
      return withPurchase(state, () => ({ content: event.data.after }));
    default:
      return unreachable(event);
  }
}

const NOTHING_YET = {
  fulfilled: [],
  fulfilmentIds: [],
  paymentIds: [],
  returned: [],
  returnIds: [],
  refunded: 0,
  isCancelled: false,
};

function withPurchase(
  state: PurchaseState,
  change: (purchase: RecordedPurchase) => Partial<RecordedPurchase>,
): PurchaseState {
  return state.purchase ? { ...state, purchase: { ...state.purchase, ...change(state.purchase) } } : state;
}

/** Lists and not objects by line id: a line may be named `__proto__`. */
function plus(sums: LineQuantity[], lines: LineQuantity[]): LineQuantity[] {
  const byLine = new Map(sums.map(({ lineId, quantity }) => [lineId, quantity]));
  for (const { lineId, quantity } of lines) byLine.set(lineId, (byLine.get(lineId) ?? 0) + quantity);
  return [...byLine].map(([lineId, quantity]) => ({ lineId, quantity }));
}

/** The content with the unit costs that are known of its lines. */
export function costed(content: PurchaseContent, costs: { lineId: string; unitCost?: string }[]): PurchaseContent {
  const byLine = new Map(costs.map(({ lineId, unitCost }) => [lineId, unitCost]));
  const lines = content.lines.map((line) => {
    const unitCost = byLine.get(line.lineId);
    return isGiven(unitCost) ? { ...line, unitCost } : line;
  });
  return { ...content, lines };
}

/** Whether both say the same: what is left out is the same as `null`. */
export function isSameContent(one: PurchaseContent, other: PurchaseContent): boolean {
  const { lines, ...sums } = one;
  const { lines: otherLines, ...otherSums } = other;
  return (
    hasSameFields(sums, otherSums) &&
    lines.length === otherLines.length &&
    lines.every((line, index) => hasSameFields(line, otherLines[index]!))
  );
}

function hasSameFields(one: object, other: object): boolean {
  const [fields, others] = [one, other].map(
    (each) => new Map(Object.entries(each).filter(([, value]) => isGiven(value))),
  );
  return fields!.size === others!.size && [...fields!].every(([name, value]) => others!.get(name) === value);
}
