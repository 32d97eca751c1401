import { derivedId } from '#contracts/ids.js';
import type { RiskFactor } from '#contracts/retention.events.js';
import { given } from '#testing/projection-spec.js';
import { type Happening, history, recorded, SPEC_CUSTOMER } from '#testing/recorded.js';
import { purchaseRhythm } from './purchase-rhythm.projection.js';

const purchaseId = (day: string) => derivedId('purchase', day);
const purchased = (day: string, time = '00:00:00Z'): Happening => {
  const lines = [{ lineId: '1', kind: 'product' as const, quantity: 1, total: 1 }];
  const data = {
    customerId: SPEC_CUSTOMER,
    currency: 'USD',
    lines,
    subtotal: 1,
    discount: 0,
    shipping: 0,
    tax: 0,
    total: 1,
  };
  const occurredAt = `${day}T${time}`;
  return { type: 'CustomerPurchased', data, occurredAt, streamId: `purchase-${purchaseId(day)}` };
};
const assessed = (factors: RiskFactor[], name = 'rapport-rules'): Happening => ({
  type: 'ChurnRiskAssessed',
  data: { score: 0.4, band: 'medium', factors, model: { name, version: '1' } },
});
const inactive = (occurredAt: string): RiskFactor => ({
  name: 'inactivity',
  weight: 0.4,
  facts: [{ about: 'purchase', id: purchaseId('2026-02-01'), occurredAt }],
});
const churned: Happening = { type: 'CustomerChurned', data: { how: 'voluntary' } };
const [first, last] = [purchased('2026-01-01'), purchased('2026-02-01')];

describe('the rhythm of purchases', () => {
  it('tells the first and the last by when they happened, and how many there were', () => {
    given(purchaseRhythm, [last, purchased('2025-12-01'), first]).thenRow({
      customerId: SPEC_CUSTOMER,
      purchases: 3,
      firstPurchaseAt: '2025-12-01T00:00:00.000Z',
      lastPurchaseAt: '2026-02-01T00:00:00.000Z',
      lastPurchaseId: purchaseId('2026-02-01'),
      silentSince: '2026-02-01T00:00:00.000Z',
      inactiveSince: null,
    });
  });
  it('leaves out what was cancelled, be it the first, the last or one in between', () => {
    const cancelled = (day: string): Happening => ({
      type: 'PurchaseCancelled',
      data: {},
      streamId: `purchase-${purchaseId(day)}`,
    });
    const three = [first, purchased('2026-01-15'), last];
    given(purchaseRhythm, [...three, cancelled('2026-02-01')]).thenRow({
      purchases: 2,
      firstPurchaseAt: '2026-01-01T00:00:00.000Z',
      lastPurchaseAt: '2026-01-15T00:00:00.000Z',
      lastPurchaseId: purchaseId('2026-01-15'),
      silentSince: '2026-01-15T00:00:00.000Z',
      cancelled: 1,
    });
    given(purchaseRhythm, [...three, cancelled('2026-01-01'), cancelled('2026-01-15')]).thenRow({
      purchases: 1,
      firstPurchaseAt: '2026-02-01T00:00:00.000Z',
      lastPurchaseAt: '2026-02-01T00:00:00.000Z',
    });
    given(purchaseRhythm, [last, cancelled('2026-02-01')]).thenNoRow();
    given(purchaseRhythm, [cancelled('2026-02-01')]).thenNoRow();
  });
  it('is silent since the win-back when the purchase after it was cancelled', () => {
    const wonBack: Happening = { type: 'CustomerWonBack', data: {}, occurredAt: '2026-01-10T00:00:00Z' };
    const cancelled: Happening = {
      type: 'PurchaseCancelled',
      data: {},
      streamId: `purchase-${purchaseId('2026-02-01')}`,
    };
    given(purchaseRhythm, [first, churned, wonBack, last, cancelled]).thenRow({
      lastPurchaseAt: '2026-01-01T00:00:00.000Z',
      silentSince: '2026-01-10T00:00:00.000Z',
    });
  });
  it('leaves out what was history when it was recorded: there is not even a row', () => {
    const [event] = history([purchased('2023-06-15')]);
    expect(purchaseRhythm.key(recorded({ ...event!, recordedAt: '2026-06-15T00:00:01Z' }))).toBeUndefined();
    expect(purchaseRhythm.key(recorded({ ...event!, recordedAt: '2026-06-14T00:00:00Z' }))).toBe(SPEC_CUSTOMER);
  });
  it('knows on which purchase an assessed inactivity rests, until the rules say otherwise', () => {
    const at = '2026-02-01T00:00:00.000Z';
    given(purchaseRhythm, [last, assessed([inactive(at)])]).thenRow({ inactiveSince: at });
    given(purchaseRhythm, [last, assessed([inactive(at)]), assessed([])]).thenRow({ inactiveSince: null });
    given(purchaseRhythm, [last, assessed([inactive(at)]), assessed([], 'me')]).thenRow({ inactiveSince: at });
  });
  it('compares instants by what the table keeps of them', () => {
    given(purchaseRhythm, [purchased('2026-02-01', '00:00:00.123456Z')]).thenRow({
      lastPurchaseAt: '2026-02-01T00:00:00.123Z',
    });
  });
  it('passes over who has churned, and counts the silence anew when they are won back', () => {
    given(purchaseRhythm, [last, churned]).thenRow({ churned: true });
    const wonBack: Happening = { type: 'CustomerWonBack', data: {}, occurredAt: '2026-05-01T00:00:00Z' };
    given(purchaseRhythm, [last, assessed([inactive('2026-02-01T00:00:00Z')]), churned, wonBack]).thenRow({
      churned: false,
      inactiveSince: null,
      lastPurchaseAt: '2026-02-01T00:00:00.000Z',
      silentSince: '2026-05-01T00:00:00.000Z',
    });
  });
  it('has no row of who bought nothing, and none of who was erased', () => {
    given(purchaseRhythm, [assessed([inactive('2026-02-01T00:00:00Z')]), churned]).thenNoRow();
    given(purchaseRhythm, [last, { type: 'CustomerErased', data: { reason: 'Asked for' } }]).thenNoRow();
  });
});
