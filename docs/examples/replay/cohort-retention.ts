import type { Projection } from 'rapport/replay';

/** The months, as 1997-01, in which a customer bought. */
type Months = Set<string>;

interface Retention {
  /** The month of the first purchase. */
  cohort: string;
  /** How many months after it. */
  month: number;
  /** How many customers bought first in the cohort's month. */
  customers: number;
  /** How many of them bought again so many months later. */
  active: number;
  /** active ÷ customers. */
  retention: number;
}

/** Of the customers who first bought in a month: how many buy again, month by month. */
export default {
  name: 'cohort_retention',
  types: ['CustomerPurchased'],
  key: (event) => event.metadata.customerId,
  evolve: (months = new Set(), event) => months.add(event.metadata.occurredAt.slice(0, 7)),
  finish: (customers) => {
    const cohorts = new Map<string, number[]>();
    for (const months of customers) {
      // What is recorded late happened earlier: the first month is not the one that came first.
      const [cohort = '', ...later] = [...months].sort();
      const active = cohorts.get(cohort) ?? [];
      for (const month of [cohort, ...later])
        active[monthsBetween(cohort, month)] = (active[monthsBetween(cohort, month)] ?? 0) + 1;
      cohorts.set(cohort, active);
    }
    return [...cohorts]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .flatMap(([cohort, [customers = 0, ...later]]) =>
        [customers, ...later].map((active = 0, month) => {
          return { cohort, month, customers, active, retention: Math.round((1000 * active) / customers) / 1000 };
        }),
      );
  },
} satisfies Projection<Months, Retention>;

function monthsBetween(from: string, to: string): number {
  const since = (month: string) => 12 * Number(month.slice(0, 4)) + Number(month.slice(5, 7));
  return since(to) - since(from);
}
