import type { LoyaltyEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import type { RecordedEvent } from '#processing/projection.js';
import { earned, enrolled } from '#testing/loyalty-events.js';
import { recorded } from '#testing/recorded.js';
import { deadline } from './deadline.projection.js';
import type { DeadlinesOfOwner } from './deadline.table.js';

/** Everything is recorded on 2026-06-15. */
function happen(...events: LoyaltyEvent[]): RecordedEvent[] {
  return events.map(({ type, data }, index) => recorded({ type, data, position: BigInt(index) } as RecordedEvent));
}

function deadlinesAfter(...events: LoyaltyEvent[]): string[] | undefined {
  const row = happen(...events).reduce<DeadlinesOfOwner | undefined>(
    (row, event) => (deadline.key(event) === undefined ? row : deadline.evolve(row, event)),
    undefined,
  );
  return row?.deadlines.map(({ kind, dueAt }) => `${kind} ${dueAt}`);
}

const taken = (nextExpiresOn?: string): LoyaltyEvent => ({
  type: 'PointsRedeemed',
  data: {
    redemptionId: derivedId('redemption', '1'),
    points: 1,
    allocations: [],
    redeemedOn: '2026-06-15',
    ...(nextExpiresOn && { nextExpiresOn }),
  },
});
const upgraded = (reviewOn?: string): LoyaltyEvent => ({
  type: 'LoyaltyLevelUpgraded',
  data: {
    from: 'member',
    to: 'loyal',
    basis: 100,
    window: { from: '2026-01-01', to: '2026-06-15' },
    ...(reviewOn && { reviewOn }),
  },
});

describe('the deadlines of a ledger', () => {
  it('hold the next expiry alone, however many lots there are', () => {
    const lots = [earned('1', 10, '2026-03-01'), earned('2', 10, '2026-01-01'), earned('3', 10, '2026-05-01')];
    expect(deadlinesAfter(...lots)).toEqual(['pointsExpiry 2027-01-02T00:00:00Z']);
  });
  it('are none of a lot that had expired when it was recorded: the projection passes it over', () => {
    const old = earned('old', 10, '1997-01-01');
    expect(deadlinesAfter(enrolled, old)).toBeUndefined();
    expect(happen(enrolled, old, earned('on the day', 10, '2025-06-14')).map(deadline.key)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
  it('are none of a lot that repaid a deficit with all that it had', () => {
    const lot = earned('1', 10, '2026-03-01');
    expect(deadlinesAfter({ ...lot, data: { ...lot.data, repaid: 10 } } as LoyaltyEvent)).toBeUndefined();
    expect(deadlinesAfter({ ...lot, data: { ...lot.data, repaid: 9 } } as LoyaltyEvent)).toHaveLength(1);
  });
  it('follow what takes points, and what has told of an expiry', () => {
    const lot = earned('1', 10, '2026-03-01');
    expect(deadlinesAfter(lot, taken('2027-08-01'))).toEqual(['pointsExpiry 2027-08-01T00:00:00Z']);
    expect(deadlinesAfter(lot, taken())).toBeUndefined();
    const expired: LoyaltyEvent = { type: 'PointsExpired', data: { lotId: derivedId('lot', '1'), points: 10 } };
    expect(deadlinesAfter(lot, expired)).toBeUndefined();
  });
  it('hold the review of the last announced level, which the lowest has not', () => {
    const lot = earned('1', 10, '2026-03-01');
    expect(deadlinesAfter(lot, upgraded('2027-07-16'), upgraded('2027-08-16'))).toEqual([
      'pointsExpiry 2027-03-02T00:00:00Z',
      'loyaltyReview 2027-08-16T00:00:00Z',
    ]);
    expect(deadlinesAfter(upgraded('2027-07-16'), upgraded())).toBeUndefined();
  });
});
