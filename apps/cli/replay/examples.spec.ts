import { join, resolve } from 'node:path';
import { type Happening, history } from '#testing/recorded.js';
import type { Event, Projection } from './projection.js';
import { Fold } from './sandbox/fold.js';

const FOLDER = resolve(import.meta.dirname, '../../../docs/examples/replay');

/** What an example makes of a history. */
async function rowsOf(example: string, happenings: object[]): Promise<unknown[]> {
  const { default: projection } = (await import(join(FOLDER, example))) as { default: Projection<unknown, object> };
  const fold = new Fold(projection);
  for (const event of history(happenings as Happening[]) as Event[]) fold.take(event);
  return fold.rows();
}

function bought(customerId: string, day: string, total: number, given: object = {}) {
  const lines = [{ lineId: '1', kind: 'product', quantity: 1, total, category: 'Tea' }];
  const data = { customerId, currency: 'USD', lines, total, ...given };
  return {
    type: 'CustomerPurchased',
    data,
    customerId,
    occurredAt: `${day}T10:00:00Z`,
    streamId: `purchase-${day}-${total}`,
  };
}

describe('the example of cohort retention', () => {
  it('counts who buys again, by the month of the first purchase, even where it was recorded last', async () => {
    const rows = await rowsOf('cohort-retention.ts', [
      bought('a', '2026-03-31', 100),
      bought('a', '2025-12-01', 100),
      bought('b', '2025-12-31', 100),
      bought('b', '2025-12-30', 100),
    ]);
    expect(rows).toEqual([
      { cohort: '2025-12', month: 0, customers: 2, active: 2, retention: 1 },
      { cohort: '2025-12', month: 1, customers: 2, active: 0, retention: 0 },
      { cohort: '2025-12', month: 2, customers: 2, active: 0, retention: 0 },
      { cohort: '2025-12', month: 3, customers: 2, active: 1, retention: 0.5 },
    ]);
  });
});

describe('the example of RFM segments', () => {
  it('takes off what was refunded, and leaves out other currencies', async () => {
    const rows = await rowsOf('rfm-segments.ts', [
      bought('a', '2026-01-02', 500),
      bought('a', '2026-01-01', 300),
      bought('a', '2026-01-03', 900, { currency: 'VND' }),
      { type: 'PurchaseReturned', data: { returnId: 'r', lines: [], refund: 200, currency: 'USD' }, customerId: 'a' },
      bought('b', '2026-01-05', 100),
    ]);
    expect(rows).toEqual([
      {
        customerId: 'a',
        lastDay: '2026-01-02',
        purchases: 2,
        spent: 600,
        recency: 1,
        frequency: 3,
        monetary: 3,
        segment: 'lost',
      },
      {
        customerId: 'b',
        lastDay: '2026-01-05',
        purchases: 1,
        spent: 100,
        recency: 3,
        frequency: 1,
        monetary: 1,
        segment: 'promising',
      },
    ]);
  });
});

describe('the example of complaint rates', () => {
  it('sets complaints against purchases of the same category', async () => {
    const complaint = { issue: 'Late', severity: 'low', channel: 'web' };
    const rows = await rowsOf('complaint-rate.ts', [
      bought('a', '2026-01-02', 500),
      bought('b', '2026-01-02', 501),
      { type: 'CustomerComplained', data: { ...complaint, product: { category: 'Tea' } }, streamId: 'complaint-1' },
      { type: 'ComplaintResolutionDisputed', data: {}, streamId: 'complaint-1' },
      { type: 'ComplaintResolutionDisputed', data: {}, streamId: 'complaint-1' },
      { type: 'CustomerComplained', data: complaint, streamId: 'complaint-2' },
    ]);
    expect(rows).toEqual([
      { product: 'Tea', purchases: 2, complaints: 1, per100Purchases: 50, disputed: 1, disputedShare: 1 },
      { product: 'unknown', purchases: 0, complaints: 1, per100Purchases: null, disputed: 0, disputedShare: 0 },
    ]);
  });
});
