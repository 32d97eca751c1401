import type { LoyaltyEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import { type Given, given } from '#testing/decider-spec.js';
import { BEN, earned, enrolled, lotOf, loyaltyRules, redeemed } from '#testing/loyalty-events.js';
import { loyalty } from './loyalty.decider.js';

const rules = loyaltyRules();
const on = (day: string) => ({ occurredAt: `${day}T00:00:00Z`, businessDate: day });

describe('ExpirePoints', () => {
  const expire = (expiredFrom: string) => ({ type: 'ExpirePoints' as const, expiredFrom, rules });
  const short = earned('short', 60, '2026-06-01', '2026-06-11');
  const longer = earned('longer', 30, '2026-06-01', '2026-06-13');
  const expired = (name: string, points: number, day: string, nextExpiresOn?: string): Given<LoyaltyEvent> => ({
    type: 'PointsExpired',
    occurredAt: `${day}T00:00:00Z`,
    data: { lotId: lotOf(name), points, ...(nextExpiresOn && { nextExpiresOn }) },
  });

  it('announces what is left of a lot on the day on which it can no longer be spent, and which day is next', () => {
    given(loyalty, [enrolled, short, longer, redeemed('r', '2026-06-02', ['short', 50])])
      .when(expire('2026-06-11'), on('2026-06-11'))
      .then([expired('short', 10, '2026-06-11', '2026-06-13')]);
  });
  it('announces what has expired since the deadline, each in the time at which it did', () => {
    given(loyalty, [enrolled, short, longer])
      .when(expire('2026-06-11'), on('2026-07-01'))
      .then([expired('short', 60, '2026-06-11'), expired('longer', 30, '2026-06-13')]);
  });
  it('announces nothing twice', () => {
    given(loyalty, [enrolled, short, expired('short', 60, '2026-06-11')])
      .when(expire('2026-06-11'), on('2026-06-11'))
      .thenNothing();
  });
  it('is silent about what was spent, what has not expired, and what had expired long before', () => {
    given(loyalty, [enrolled, short, redeemed('r', '2026-06-02', ['short', 60])])
      .when(expire('2026-06-11'), on('2026-06-11'))
      .thenNothing();
    given(loyalty, [enrolled, short]).when(expire('2026-06-10'), on('2026-06-10')).thenNothing();
    given(loyalty, [enrolled, earned('old', 60, '1997-01-01')])
      .when(expire('2026-06-11'), on('2026-06-11'))
      .thenNothing();
  });
});

describe('ReviewLoyaltyLevel', () => {
  const review = { type: 'ReviewLoyaltyLevel' as const, rules };
  const window = (from: string, to: string) => ({ from, to });
  const upgraded: Given<LoyaltyEvent> = {
    type: 'LoyaltyLevelUpgraded',
    data: {
      from: 'member',
      to: 'loyal',
      basis: 150,
      window: window('2025-01-16', '2026-01-15'),
      reviewOn: '2027-02-15',
    },
  };
  const first = earned('first', 150, '2026-01-15');
  const again = earned('again', 120, '2027-01-20');

  it('announces that the level was renewed, with the next review', () => {
    const data = { from: 'loyal', to: 'loyal', basis: 120, window: window('2026-02-15', '2027-02-14') };
    given(loyalty, [enrolled, first, upgraded, again])
      .when(review, on('2027-02-15'))
      .then([{ type: 'LoyaltyLevelRenewed', data: { ...data, reviewOn: '2028-03-17' } }]);
  });
  it('announces the lower level that points reach, which at the lowest has no review', () => {
    const data = { from: 'loyal', to: 'member', basis: 0, window: window('2026-02-15', '2027-02-14') };
    given(loyalty, [enrolled, first, upgraded])
      .when(review, on('2027-02-15'))
      .then([{ type: 'LoyaltyLevelDowngraded', data }]);
  });
  it('is silent before the review, when it has been announced, and when nothing was', () => {
    given(loyalty, [enrolled, first, upgraded]).when(review, on('2027-02-14')).thenNothing();
    const data = { from: 'loyal', to: 'member', basis: 0, window: window('2026-02-15', '2027-02-14') };
    given(loyalty, [enrolled, first, upgraded, { type: 'LoyaltyLevelDowngraded', data }])
      .when(review, on('2027-02-15'))
      .thenNothing();
    given(loyalty, [enrolled, first]).when(review, on('2027-02-15')).thenNothing();
  });
  it('is silent on a ledger that has moved', () => {
    const moved = { mergeId: derivedId('merge', '1'), toCustomerId: BEN, lots: [], deficit: 0, part: 1 };
    given(loyalty, [enrolled, first, upgraded, { type: 'PointsTransferredOut', data: moved }])
      .when(review, on('2027-02-15'))
      .thenNothing();
  });
});
