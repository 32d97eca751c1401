import type { LoyaltyEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import type { Given } from '#testing/decider-spec.js';
import { earned, lotOf, redeemed, sourceOf } from '#testing/loyalty-events.js';
import { balanceOn } from './balance.js';
import { loyalty } from './loyalty.decider.js';
import { defaultLoyaltyRulesPublished } from './rules.js';
import { loyaltyLevelOn } from './standing.js';
import { emptyLedger, type LoyaltyLedger } from './state.js';

/** The account of `docs/loyalty.md`: 120 points on 2025-01-10, 150 on 2025-03-01. */
const ledger: LoyaltyLedger = {
  ...emptyLedger,
  lots: [
    { earnedOn: '2025-01-10', points: 120, expiresOn: '2026-01-11' },
    { earnedOn: '2025-03-01', points: 150, expiresOn: '2026-03-02' },
  ].map((lot, index) => ({
    ...lot,
    lotId: derivedId('lot', String(index)),
    sourceEventId: derivedId('source', String(index)),
    credited: lot.points,
    remaining: lot.points,
  })),
};

describe('the worked examples of docs/loyalty.md', () => {
  it.each([
    ['2025-01-09', 0, 'member'],
    ['2025-01-10', 120, 'loyal'],
    ['2025-03-01', 270, 'preferred'],
    ['2026-01-10', 270, 'preferred'],
    ['2026-01-11', 150, 'preferred'],
    ['2026-03-02', 0, 'preferred'],
    ['2026-03-31', 0, 'preferred'],
    ['2026-04-01', 0, 'member'],
  ])('hold on %s: %i points, %s', (date, balance, loyaltyLevel) => {
    expect(balanceOn(ledger, date)).toBe(balance);
    expect(loyaltyLevelOn(ledger, [defaultLoyaltyRulesPublished], date).loyaltyLevel).toBe(loyaltyLevel);
  });
});

describe('the account with a return of docs/loyalty.md', () => {
  const first = earned('first', 120, '2025-01-10');
  const second = earned('second', 150, '2025-03-01');
  const half = (name: string, clawedBackOn: string): Given<LoyaltyEvent> => ({
    type: 'PointsClawedBack',
    data: {
      returnId: derivedId('return', name),
      sourceEventId: sourceOf('second'),
      points: 75,
      allocations: [{ lotId: lotOf('second'), points: 75 }],
      deficit: 0,
      clawedBackOn,
    },
  });
  const account = [
    first,
    second,
    redeemed('r', '2025-03-10', ['first', 100]),
    half('1', '2025-04-01'),
    half('2', '2025-04-05'),
    earned('third', 40, '2025-05-01'),
  ].reduce(
    (ledger, event) => loyalty.evolve(ledger, { occurredAt: '2025-01-01T00:00:00Z', ...event, eventId: '' }),
    loyalty.initial,
  );

  it.each([
    ['2025-03-10', 170, 'preferred'],
    ['2025-04-01', 95, 'loyal'],
    ['2025-04-05', 20, 'loyal'],
    ['2025-05-01', 60, 'loyal'],
  ])('holds on %s: %i points, %s', (date, balance, loyaltyLevel) => {
    expect(balanceOn(account, date)).toBe(balance);
    expect(loyaltyLevelOn(account, [defaultLoyaltyRulesPublished], date).loyaltyLevel).toBe(loyaltyLevel);
  });
});
