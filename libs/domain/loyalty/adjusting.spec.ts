import { derivedId } from '#contracts/ids.js';
import { given } from '#testing/decider-spec.js';
import { ANNA, BEN, earned, enrolled, lotOf, loyaltyRules } from '#testing/loyalty-events.js';
import type { AdjustPoints, SetLoyaltyLevel } from './commands.js';
import { loyalty } from './loyalty.decider.js';

const rules = loyaltyRules();
const today = { occurredAt: '2026-06-15T12:00:00Z', businessDate: '2026-06-15' };
const tomorrow = { ...today, occurredAt: '2026-06-16T12:00:00Z' };
const adjustmentId = derivedId('adjustment', '1');
const adjust = (points: number, more: Partial<AdjustPoints> = {}) => ({
  type: 'AdjustPoints' as const,
  customerId: ANNA,
  adjustmentId,
  points,
  reason: 'For the long wait',
  rules,
  ...more,
});
const data = { adjustmentId, adjustedOn: '2026-06-15', reason: 'For the long wait' };
const june = earned('june', 50, '2026-06-01');
const movedAway = {
  type: 'PointsTransferredOut' as const,
  data: { mergeId: derivedId('merge', '1'), toCustomerId: BEN, lots: [], deficit: 0, part: 1 },
};

describe('AdjustPoints', () => {
  it('gives points in a lot of their own, which do not qualify, and enrols', () => {
    given(loyalty)
      .when(adjust(500), today)
      .then([
        { type: 'LoyaltyEnrolled', data: { customerId: ANNA } },
        { type: 'PointsAdjusted', data: { ...data, points: 500 } },
      ]);
    const state = loyalty.evolve(loyalty.initial, {
      type: 'PointsAdjusted',
      data: { ...data, points: 500 },
      eventId: '',
      occurredAt: today.occurredAt,
    });
    expect(state.lots).toMatchObject([{ points: 0, remaining: 500 }]);
  });
  it('gives points that expire', () => {
    given(loyalty, [enrolled])
      .when(adjust(5, { expiresOn: '2026-06-16' }), today)
      .then([
        {
          type: 'PointsAdjusted',
          data: { ...data, points: 5, expiresOn: '2026-06-16', nextExpiresOn: '2026-06-16' },
        },
      ]);
  });
  it('takes points from the lots that expire first', () => {
    given(loyalty, [enrolled, june])
      .when(adjust(-20), today)
      .then([
        {
          type: 'PointsAdjusted',
          data: {
            ...data,
            points: -20,
            allocations: [{ lotId: lotOf('june'), points: 20 }],
            nextExpiresOn: '2027-06-02',
          },
        },
      ]);
  });
  it.each([0, 1_000_000_000_001, -1_000_000_000_001])('is refused of %i points', (points) => {
    given(loyalty, [enrolled])
      .when(adjust(points), today)
      .thenRefused('adjustment-within-bounds', { kind: 'invalid', field: 'points' });
  });
  it('is refused when it would take more than the balance', () => {
    given(loyalty, [enrolled, june])
      .when(adjust(-51), today)
      .thenRefused('adjust-within-balance', { kind: 'conflict', field: 'points' });
  });
  it('is refused a second time under one id, given or taken', () => {
    given(loyalty, [enrolled, { type: 'PointsAdjusted', data: { ...data, points: 5 } }])
      .when(adjust(5), today)
      .thenRefused('adjustment-once', { kind: 'conflict', field: 'adjustmentId' });
    const allocations = [{ lotId: lotOf('june'), points: 5 }];
    given(loyalty, [enrolled, june, { type: 'PointsAdjusted', data: { ...data, points: -5, allocations } }])
      .when(adjust(5), today)
      .thenRefused('adjustment-once');
  });
  it('is refused when points would expire at once, or are taken and expire', () => {
    given(loyalty, [enrolled])
      .when(adjust(5, { expiresOn: '2026-06-15' }), today)
      .thenRefused('adjustment-expires-later', { kind: 'invalid', field: 'expiresOn' });
    given(loyalty, [enrolled, june])
      .when(adjust(-5, { expiresOn: '2026-06-20' }), today)
      .thenRefused('adjustment-expires-later');
  });
  it('is refused after the business date, on another ledger, and where the points have moved', () => {
    given(loyalty, [enrolled]).when(adjust(5), tomorrow).thenRefused('not-after-business-date');
    given(loyalty, [enrolled])
      .when(adjust(5, { customerId: BEN }), today)
      .thenRefused('ledger-of-its-customer', { kind: 'invalid', field: 'customerId' });
    given(loyalty, [enrolled, movedAway]).when(adjust(5), today).thenRefused('loyalty-ledger-moved');
  });
});

describe('SetLoyaltyLevel', () => {
  const set = (loyaltyLevel: string): SetLoyaltyLevel & { rules: typeof rules } => ({
    type: 'SetLoyaltyLevel',
    customerId: ANNA,
    loyaltyLevel,
    reason: 'Moved here',
    rules,
  });
  const event = { loyaltyLevel: 'vip', setOn: '2026-06-15', reason: 'Moved here', reviewOn: '2027-07-16' };

  it('sets it whatever the points say, held like one that was reached, and enrols', () => {
    given(loyalty)
      .when(set('vip'), today)
      .then([
        { type: 'LoyaltyEnrolled', data: { customerId: ANNA } },
        { type: 'LoyaltyLevelSet', data: event },
      ]);
  });
  it('has no review at the lowest level', () => {
    given(loyalty, [enrolled])
      .when(set('member'), today)
      .then([{ type: 'LoyaltyLevelSet', data: { loyaltyLevel: 'member', setOn: '2026-06-15', reason: 'Moved here' } }]);
  });
  it('is refused of a level that the rules do not have', () => {
    given(loyalty, [enrolled])
      .when(set('gold'), today)
      .thenRefused('loyalty-level-known', { kind: 'invalid', field: 'loyaltyLevel' });
  });
  it('is refused after the business date, and where the points have moved', () => {
    given(loyalty, [enrolled]).when(set('vip'), tomorrow).thenRefused('not-after-business-date');
    given(loyalty, [enrolled, movedAway]).when(set('vip'), today).thenRefused('loyalty-ledger-moved');
  });
});
