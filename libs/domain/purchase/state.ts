import type { PurchaseEvent } from '#contracts/events.js';
import { type Happened, unreachable } from '../decider.js';

/** What the commands of a `purchase-{id}` stream need to know. Plain JSON: it is cached and put into snapshots. */
export interface PurchaseState {
  holds: 'nothing' | 'purchase' | 'unlinkedReturn';
  customerId?: string;
  currency?: string;
  /** What was paid, or refunded, in minor units. */
  total: number;
  /** Of a purchase: what can be given back, line by line. */
  lines: { lineId: string; quantity: number; total: number }[];
}

export const noPurchase: PurchaseState = { holds: 'nothing', total: 0, lines: [] };

export function evolve(state: PurchaseState, event: Happened<PurchaseEvent>): PurchaseState {
  switch (event.type) {
    case 'CustomerPurchased': {
      const { customerId, currency, total } = event.data;
      const lines = event.data.lines.map(({ lineId, quantity, total }) => ({ lineId, quantity, total }));
      return { ...state, holds: 'purchase', customerId, currency, total, lines };
    }
    case 'UnlinkedReturnRecorded': {
      const { customerId, currency, refund } = event.data;
      return { ...state, holds: 'unlinkedReturn', customerId, currency, total: refund };
    }
    case 'PurchaseCosted':
    case 'PurchaseFulfilled':
    case 'PaymentReceived':
    case 'PurchaseReturned':
    case 'PurchaseCancelled':
    case 'PurchaseCorrected':
      return state;
    default:
      return unreachable(event);
  }
}
