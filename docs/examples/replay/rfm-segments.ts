import type { Projection } from 'rapport/replay';

/** Amounts of other currencies are left out: sums of several say nothing. */
const CURRENCY = 'USD';

interface Bought {
  customerId: string;
  lastDay: string;
  purchases: number;
  /** Less what was refunded, in minor units. */
  spent: number;
}

interface Scored extends Bought {
  recency: number;
  frequency: number;
  monetary: number;
  segment: string;
}

/** Each customer's recency, frequency and monetary score, from 1 to 5, and the segment that they make. */
export default {
  name: 'rfm_segments',
  types: ['CustomerPurchased', 'PurchaseReturned', 'PurchaseCancelled', 'UnlinkedReturnRecorded'],
  key: (event) => event.metadata.customerId,
  evolve: (bought, event) => {
    switch (event.type) {
      case 'CustomerPurchased': {
        const { customerId, currency, total } = event.data;
        if (currency !== CURRENCY) return bought;
        const day = event.metadata.occurredAt.slice(0, 10);
        const before = bought ?? { customerId, lastDay: day, purchases: 0, spent: 0 };
        const isLater = day > before.lastDay;
        return {
          customerId,
          lastDay: isLater ? day : before.lastDay,
          purchases: before.purchases + 1,
          spent: before.spent + total,
        };
      }
      case 'PurchaseReturned':
      case 'PurchaseCancelled':
      case 'UnlinkedReturnRecorded': {
        const { currency, refund = 0 } = event.data;
        return bought && currency === CURRENCY ? { ...bought, spent: bought.spent - refund } : bought;
      }
      default:
        return bought;
    }
  },
  finish: (customers) => {
    const recency = scoresOf(customers.map(({ lastDay }) => Date.parse(lastDay)));
    const frequency = scoresOf(customers.map(({ purchases }) => purchases));
    const monetary = scoresOf(customers.map(({ spent }) => spent));
    return customers
      .map((bought, at) => {
        const scores = { recency: recency[at]!, frequency: frequency[at]!, monetary: monetary[at]! };
        return { ...bought, ...scores, segment: segmentOf(scores) };
      })
      .sort((one, other) => other.spent - one.spent || (one.customerId < other.customerId ? -1 : 1));
  },
} satisfies Projection<Bought, Scored>;

/** Fifths, by how many values are smaller: equal values have equal scores, so the fifths are not all of one size. */
function scoresOf(values: number[]): number[] {
  const smaller = new Map<number, number>();
  for (const [at, value] of [...values].sort((one, other) => one - other).entries()) {
    if (!smaller.has(value)) smaller.set(value, at);
  }
  return values.map((value) => 1 + Math.floor((5 * smaller.get(value)!) / values.length));
}

function segmentOf({ recency, frequency, monetary }: Pick<Scored, 'recency' | 'frequency' | 'monetary'>): string {
  const worth = Math.max(frequency, monetary);
  if (recency >= 4) return worth >= 4 ? 'champions' : 'recent';
  if (recency === 3) return worth >= 4 ? 'loyal' : 'promising';
  return worth >= 4 ? 'cannot lose' : 'lost';
}
