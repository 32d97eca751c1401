import type { Projection } from 'rapport/replay';

/** A purchase with what was bought, or a complaint with what it was about. */
type Case = { of: 'purchase'; products: string[] } | { of: 'complaint'; product: string; isDisputed: boolean };

interface Rate {
  product: string;
  purchases: number;
  complaints: number;
  /** Complaints for a hundred purchases; none of what was never bought here. */
  per100Purchases: number | null;
  disputed: number;
  /** disputed ÷ complaints. */
  disputedShare: number | null;
}

/** How often a product (by its category) is complained about, and how often the answer is disputed. */
export default {
  name: 'complaint_rate',
  types: ['CustomerPurchased', 'CustomerComplained', 'ComplaintResolutionDisputed'],
  // What happens to a complaint later does not say what it was about, but it stands in the same stream.
  key: (event) => event.streamId,
  evolve: (state, event) => {
    switch (event.type) {
      case 'CustomerPurchased':
        return {
          of: 'purchase',
          products: [...new Set(event.data.lines.map(({ category }) => category ?? 'unknown'))],
        };
      case 'CustomerComplained':
        return { of: 'complaint', product: event.data.product?.category ?? 'unknown', isDisputed: false };
      case 'ComplaintResolutionDisputed':
        return state?.of === 'complaint' ? { ...state, isDisputed: true } : state;
      default:
        return state;
    }
  },
  finish: (cases) => {
    const counts = new Map<string, { purchases: number; complaints: number; disputed: number }>();
    const countOf = (product: string) => {
      const count = counts.get(product) ?? { purchases: 0, complaints: 0, disputed: 0 };
      counts.set(product, count);
      return count;
    };
    for (const found of cases) {
      if (found.of === 'purchase') for (const product of found.products) countOf(product).purchases += 1;
      else {
        countOf(found.product).complaints += 1;
        countOf(found.product).disputed += found.isDisputed ? 1 : 0;
      }
    }
    return [...counts]
      .sort(([one, { complaints }], [other, than]) => than.complaints - complaints || (one < other ? -1 : 1))
      .map(([product, { purchases, complaints, disputed }]) => ({
        product,
        purchases,
        complaints,
        per100Purchases: purchases === 0 ? null : Math.round((10_000 * complaints) / purchases) / 100,
        disputed,
        disputedShare: complaints === 0 ? null : Math.round((1000 * disputed) / complaints) / 1000,
      }));
  },
} satisfies Projection<Case, Rate>;
