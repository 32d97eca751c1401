import type { LoyaltyEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import { loyalty } from '#domain/loyalty/loyalty.decider.js';
import type { Given } from '#testing/decider-spec.js';
import { BEN, earned, lotOf, loyaltyRules, redeemed, sourceOf } from '#testing/loyalty-events.js';
import { ledgerEntries } from './ledger-entries.js';
import { loyaltyOn } from './loyalty-on-day.js';

const [returnId, adjustmentId, mergeId] = ['return', 'adjustment', 'merge'].map((name) => derivedId(name, '1')) as [
  string,
  string,
  string,
];
const june = earned('june', 60, '2026-06-01');
const spent = redeemed('r', '2026-06-02', ['june', 60]);
const claimed: Given<LoyaltyEvent> = {
  type: 'PointsClawedBack',
  data: {
    returnId,
    sourceEventId: sourceOf('june'),
    points: 60,
    allocations: [],
    deficit: 60,
    clawedBackOn: '2026-06-03',
  },
};
const repaying = earned('repays', 100, '2026-06-04');
const adjusted: Given<LoyaltyEvent> = {
  type: 'PointsAdjusted',
  data: { adjustmentId, points: 5, adjustedOn: '2026-06-05', reason: 'x' },
};
const moved: Given<LoyaltyEvent> = {
  type: 'PointsTransferredIn',
  data: {
    mergeId,
    fromCustomerId: BEN,
    lots: [{ lotId: lotOf('bens'), sourceEventId: sourceOf('bens'), points: 9, remaining: 7, earnedOn: '2026-05-01' }],
    deficit: 2,
    transferredOn: '2026-06-06',
  },
};

const ledger = [june, spent, claimed, repaying, adjusted, moved].reduce(
  (state, event) => loyalty.evolve(state, { occurredAt: '2026-06-06T00:00:00Z', ...event, eventId: '' }),
  loyalty.initial,
);

describe('the entries of a ledger', () => {
  it('tell every movement in the order recorded, and what each did to deficit and lots', () => {
    expect(ledgerEntries(ledger)).toEqual([
      {
        number: 1,
        kind: 'earned',
        id: sourceOf('june'),
        on: '2026-06-01',
        points: 60,
        lots: [{ lotId: lotOf('june'), points: 60 }],
        earnedOn: '2026-06-01',
        expiresOn: '2027-06-02',
      },
      {
        number: 2,
        kind: 'redeemed',
        id: derivedId('redemption', 'r'),
        on: '2026-06-02',
        points: -60,
        lots: [{ lotId: lotOf('june'), points: -60 }],
      },
      { number: 3, kind: 'clawedBack', id: returnId, on: '2026-06-03', points: -60, lots: [], deficit: 60 },
      {
        number: 4,
        kind: 'earned',
        id: sourceOf('repays'),
        on: '2026-06-04',
        points: 100,
        lots: [{ lotId: lotOf('repays'), points: 40 }],
        deficit: -60,
        earnedOn: '2026-06-04',
        expiresOn: '2027-06-05',
      },
      {
        number: 5,
        kind: 'given',
        id: adjustmentId,
        on: '2026-06-05',
        points: 5,
        lots: [{ lotId: adjustmentId, points: 5 }],
        earnedOn: '2026-06-05',
      },
      {
        number: 6,
        kind: 'movedIn',
        id: mergeId,
        on: '2026-06-06',
        points: 5,
        lots: [{ lotId: lotOf('bens'), points: 7 }],
        deficit: 2,
        otherCustomerId: BEN,
      },
    ]);
  });
  it('add up to the balance while nothing has expired', () => {
    const total = ledgerEntries(ledger).reduce((sum, { points }) => sum + points, 0);
    expect(loyaltyOn(BEN, ledger, loyaltyRules(), '2026-06-06').balance).toBe(total);
  });
});

describe('a ledger on a day', () => {
  it('tells the open lots, first-expiring first, and what expires next', () => {
    const { lots, deficit, nextExpiry } = loyaltyOn(BEN, ledger, loyaltyRules(), '2026-06-06');
    expect(lots).toEqual([
      { lotId: lotOf('repays'), points: 40, earnedOn: '2026-06-04', expiresOn: '2027-06-05' },
      { lotId: lotOf('bens'), points: 7, earnedOn: '2026-05-01' },
      { lotId: adjustmentId, points: 5, earnedOn: '2026-06-05' },
    ]);
    expect([deficit, nextExpiry]).toEqual([2, { expiresOn: '2027-06-05', points: 40 }]);
  });
  it('tells them as they were: before they were spent, or owed', () => {
    expect(loyaltyOn(BEN, ledger, loyaltyRules(), '2026-06-01')).toMatchObject({ balance: 60, deficit: 0 });
    expect(loyaltyOn(BEN, ledger, loyaltyRules(), '2026-06-03')).toMatchObject({ balance: -60, deficit: 60, lots: [] });
  });
});
