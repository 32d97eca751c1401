import { derivedId } from '#contracts/ids.js';
import { defaultLoyaltyRulesPublished } from '#domain/loyalty/rules.js';
import { type Happening, history, SPEC_CUSTOMER } from '#testing/recorded.js';
import { customer360In, loyaltyIn } from './as-of.js';

/** Recorded in this order; it happened in another one. */
const happenings: Happening[] = [
  {
    type: 'CustomerAcquired',
    data: { partyKind: 'person', roles: ['endConsumer'], channel: 'web' },
    occurredAt: '2026-01-01T12:00:00Z',
  },
  earned('late', 250, '2026-02-01', '2026-01-31T18:00:00Z'),
  earned('early', 40, '2026-01-02', '2026-01-02T00:00:00Z'),
];

function earned(lot: string, points: number, earnedOn: string, occurredAt: string): Happening {
  const lotId = derivedId('lot', lot);
  const breakdown = { amount: points * 100, currency: 'USD', minorUnitsPerPoint: 100, multiplier: '1' };
  const data = { lotId, points, sourceEventId: lotId, earnedOn, rulesVersion: 1, breakdown };
  return { type: 'PointsEarned', data, occurredAt, streamId: `loyalty-${SPEC_CUSTOMER}` };
}

const { document } = defaultLoyaltyRulesPublished;
const past = {
  customerId: SPEC_CUSTOMER,
  events: history(happenings),
  rules: [{ ...defaultLoyaltyRulesPublished, document: { ...document, timeZone: 'Asia/Ho_Chi_Minh' } }],
};

describe('the loyalty of a past day', () => {
  it.each([
    ['2025-12-31', 0, 'member'],
    ['2026-01-02', 40, 'member'],
    ['2026-01-31', 40, 'member'],
    ['2026-02-01', 290, 'preferred'],
  ])(
    'rests on %s on what had happened by its end in the time zone of the rules: %d points',
    (day, balance, loyaltyLevel) => {
      expect(loyaltyIn(past, day, day)).toMatchObject({ date: day, balance, loyaltyLevel });
    },
  );

  it('tells of an instant what had happened by then', () => {
    expect(loyaltyIn(past, '2026-01-31T17:59:59Z', '2026-02-01')).toMatchObject({ balance: 40 });
    expect(loyaltyIn(past, '2026-01-31T18:00:00Z', '2026-02-01')).toMatchObject({ balance: 290 });
  });
});

describe('the 360° view of a past moment', () => {
  it('is not there before the customer was, and has the points of its moment', () => {
    expect(customer360In(past, '2026-01-01T11:59:59Z', '2026-01-01')).toBeUndefined();
    expect(customer360In(past, '2026-01-02', '2026-01-02')).toMatchObject({
      customerStage: 'active',
      loyalty: { date: '2026-01-02', balance: 40, loyaltyLevel: 'member' },
    });
  });
});
