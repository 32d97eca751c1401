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

function earned(lot: string, points: number, earnedOn: string, occurredAt: string, of = SPEC_CUSTOMER): Happening {
  const lotId = derivedId('lot', lot);
  const breakdown = { amount: points * 100, currency: 'USD', minorUnitsPerPoint: 100, multiplier: '1' };
  const data = { lotId, points, sourceEventId: lotId, earnedOn, rulesVersion: 1, breakdown };
  return { type: 'PointsEarned', data, occurredAt, customerId: of, streamId: `loyalty-${of}` };
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

describe('customers who are one', () => {
  const other = derivedId('customer', 'other');
  const mergeId = derivedId('merge', '1');
  const pair = { mergeId, survivorId: SPEC_CUSTOMER, absorbedId: other };
  const merged = '2026-03-01T00:00:00Z';
  const lot = derivedId('lot', 'other');
  const lots = [{ lotId: lot, sourceEventId: lot, points: 70, remaining: 20, earnedOn: '2026-01-05' }];
  const part = { mergeId, lots, deficit: 0, part: 1 };
  const one = {
    ...past,
    events: history([
      ...happenings,
      earned('other', 70, '2026-01-05', '2026-01-05T10:00:00Z', other),
      {
        type: 'PointsRedeemed',
        data: {
          redemptionId: derivedId('redemption', '1'),
          points: 50,
          allocations: [{ lotId: lot, points: 50 }],
          redeemedOn: '2026-01-10',
        },
        occurredAt: '2026-01-10T10:00:00Z',
        customerId: other,
      },
      { type: 'CustomerAbsorbed', data: pair, customerId: other, occurredAt: merged },
      {
        type: 'PointsTransferredOut',
        data: { ...part, toCustomerId: SPEC_CUSTOMER, transferredOn: '2026-03-01' },
        customerId: other,
        occurredAt: merged,
      },
      // The survivor's ledger had a later day.
      {
        type: 'PointsTransferredIn',
        data: { ...part, fromCustomerId: other, transferredOn: '2026-04-01' },
        occurredAt: merged,
      },
    ]),
  };

  it.each([
    ['2026-01-04', 40, 'member'],
    ['2026-01-05', 110, 'loyal'],
    ['2026-01-10', 60, 'loyal'],
    ['2026-02-28', 310, 'preferred'],
    ['2026-03-15', 310, 'preferred'],
    ['2026-04-02', 310, 'preferred'],
  ])('had the points of both on %s, before and after these moved: %d', (day, balance, loyaltyLevel) => {
    expect(loyaltyIn(one, day, day)).toMatchObject({ customerId: SPEC_CUSTOMER, balance, loyaltyLevel });
    expect(customer360In({ ...one, customerId: other }, day, day)?.loyalty).toMatchObject({ balance, loyaltyLevel });
  });
  it('have on the survivor’s ledger what has been moved to it, where nothing but the present is asked for', () => {
    expect(loyaltyIn(one, undefined, '2026-04-02')).toMatchObject({ balance: 310, loyaltyLevel: 'preferred' });
    expect(loyaltyIn(one, undefined, '2026-02-28')).toMatchObject({ balance: 290 });
  });
});
