import { derivedId } from '#contracts/ids.js';
import { balanceOn } from './balance.js';
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
