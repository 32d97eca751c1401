import type { LoyaltyEvent } from '#contracts/events.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import type { Given } from '#testing/decider-spec.js';
import { ANNA, BEN, earned, enrolled, loyaltyRules, sourceOf } from '#testing/loyalty-events.js';
import type { DecisionContext } from '../decider.js';
import type { EarnPoints, LoyaltyCommand, PurchaseChange } from './commands.js';
import { loyalty } from './loyalty.decider.js';
import { defaultLoyaltyRules } from './rules.js';

const [first] = loyaltyRules() as [RulesPublished<'loyalty'>];
const levels = (...thresholds: [name: string, threshold: number][]) => ({
  ...first.document,
  levels: thresholds.map(([name, threshold]) => ({ name, threshold })),
});
/** From July on nobody is loyal below 200 points. */
const second: RulesPublished<'loyalty'> = {
  ...first,
  version: 2,
  validFrom: '2026-07-01',
  document: levels(['member', 0], ['regular', 50], ['loyal', 200]),
};
const rules = [first, second];
const source = { eventId: sourceOf('june'), occurredAt: '2026-06-01T10:00:00Z', amount: 15_000, currency: 'USD' };
const later = { ...source, eventId: sourceOf('july'), occurredAt: '2026-07-02T10:00:00Z' };
const whole: PurchaseChange = {
  eventId: sourceOf('return'),
  occurredAt: '2026-07-10T10:00:00Z',
  purchase: source,
  before: 15_000,
  after: 0,
  returnId: sourceOf('return'),
};
const upgraded: Given<LoyaltyEvent> = {
  type: 'LoyaltyLevelUpgraded',
  data: {
    from: 'member',
    to: 'loyal',
    basis: 150,
    window: { from: '2025-06-02', to: '2026-06-01' },
    reviewOn: '2027-07-02',
  },
};

/** What a command brings about, each with the version that decided it. */
function versionsOf(events: Given<LoyaltyEvent>[], command: LoyaltyCommand, context: Partial<DecisionContext> = {}) {
  const occurredAt = '2026-07-15T10:00:00Z';
  const ledger = events.reduce(
    (state, event) => loyalty.evolve(state, { occurredAt, ...event, eventId: '' }),
    loyalty.initial,
  );
  const decided = loyalty.decide(command, ledger, { occurredAt, businessDate: '2026-07-15', ...context });
  return decided.map(({ type, rulesVersion }) => [type, rulesVersion]);
}
const earn: EarnPoints = { type: 'EarnPoints', customerId: ANNA, sources: [], rules };

describe('the version of the rules by which it was decided', () => {
  it('is that of its purchase’s day for points, of the day on which they reached it for a level, and none for an enrolment', () => {
    expect(versionsOf([], { ...earn, sources: [source] })).toEqual([
      ['LoyaltyEnrolled', undefined],
      ['PointsEarned', 1],
      ['LoyaltyLevelUpgraded', 1],
    ]);
    expect(versionsOf([enrolled, earned('june', 150, '2026-06-01'), upgraded], { ...earn, sources: [later] })).toEqual([
      ['PointsEarned', 2],
    ]);
  });
  it('is that by which the purchase earned for what a return claims, and today’s for the level that it leaves', () => {
    const before = [enrolled, earned('june', 150, '2026-06-01'), upgraded];
    expect(versionsOf(before, { ...earn, changes: [whole] })).toEqual([
      ['PointsClawedBack', 1],
      ['LoyaltyLevelDowngraded', 2],
    ]);
  });
  it('stays that by which the purchase earned when another version is published for its day', () => {
    const corrected = { ...first, version: 2, document: { ...defaultLoyaltyRules, unitsPerPoint: 2 } };
    const before = [enrolled, earned('june', 50, '2026-06-01')];
    const change = { ...whole, purchase: { ...source }, before: 5_000 };
    expect(versionsOf(before, { ...earn, changes: [change], rules: [first, corrected] })).toEqual([
      ['PointsClawedBack', 1],
    ]);
  });
  it('is that of a new version where the level is another because of it', () => {
    const renamed = { ...second, document: levels(['member', 0], ['regular', 50], ['golden', 200]) };
    const before = [enrolled, earned('june', 150, '2026-06-01'), upgraded];
    expect(versionsOf(before, { ...earn, changes: [{ ...whole, after: 14_900 }], rules: [first, renamed] })).toEqual([
      ['PointsClawedBack', 1],
      ['LoyaltyLevelDowngraded', 2],
    ]);
  });
  it('is that of the review’s day for what the review decides', () => {
    const review = { type: 'ReviewLoyaltyLevel', rules } as const;
    const before = [enrolled, earned('june', 150, '2026-06-01'), upgraded];
    expect(versionsOf(before, review, { businessDate: '2027-07-02' })).toEqual([['LoyaltyLevelDowngraded', 2]]);
  });
  it('is that by which they were earned for points that expire, and none for those that a person gave', () => {
    const expire = { type: 'ExpirePoints', expiredFrom: '2027-06-02', rules } as const;
    const given: Given<LoyaltyEvent> = {
      type: 'PointsAdjusted',
      data: { adjustmentId: BEN, points: 5, adjustedOn: '2026-07-01', expiresOn: '2027-06-02', reason: 'A gift' },
    };
    const before = [enrolled, earned('june', 150, '2026-06-01'), given];
    expect(versionsOf(before, expire, { businessDate: '2027-06-02' })).toEqual([
      ['PointsExpired', 1],
      ['PointsExpired', undefined],
    ]);
  });
});
