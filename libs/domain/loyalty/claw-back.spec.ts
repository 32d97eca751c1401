import type { LoyaltyEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import type { PointsClawedBack } from '#contracts/loyalty.events.js';
import type { LoyaltyRules } from '#contracts/rules/loyalty-rules.js';
import { type Expected, type Given, given } from '#testing/decider-spec.js';
import { ANNA, BEN, earned, enrolled, lotOf, loyaltyRules, redeemed, sourceOf } from '#testing/loyalty-events.js';
import { balanceOn } from './balance.js';
import type { EarnPoints, PurchaseChange } from './commands.js';
import { loyalty } from './loyalty.decider.js';
import { loyaltyLevelOn } from './standing.js';

const today = { businessDate: '2026-06-15' };
const returnId = derivedId('return', '1');
const at = '2026-06-10T12:00:00Z';

/** A change of the purchase of that name, which was made on the first of June. */
const change = (name: string, before: number, after: number, more: Partial<PurchaseChange> = {}): PurchaseChange => ({
  eventId: returnId,
  occurredAt: at,
  purchase: { eventId: sourceOf(name), occurredAt: '2026-06-01T10:00:00Z', currency: 'USD' },
  before,
  after,
  returnId,
  ...more,
});
const settle = (change: Partial<LoyaltyRules> | undefined, ...changes: PurchaseChange[]): EarnPoints => ({
  type: 'EarnPoints',
  customerId: ANNA,
  sources: [],
  changes,
  rules: loyaltyRules(change),
});
const claimed = (
  data: Omit<PointsClawedBack, 'returnId' | 'sourceEventId'> & { sourceEventId?: string },
): Expected<LoyaltyEvent> => ({
  type: 'PointsClawedBack',
  occurredAt: at,
  causationId: returnId,
  data: { returnId, sourceEventId: sourceOf('june'), clawedBackOn: '2026-06-10', ...data },
});
const june = earned('june', 60, '2026-06-01');
const may = earned('may', 30, '2026-05-01');

describe('a return', () => {
  it('claims the points of what came back from the purchase’s own lot', () => {
    given(loyalty, [enrolled, may, june])
      .when(settle({}, change('june', 6_000, 2_050)), today)
      .then([
        claimed({
          points: 40,
          allocations: [{ lotId: lotOf('june'), points: 40 }],
          deficit: 0,
          nextExpiresOn: '2027-05-02',
        }),
      ]);
  });
  it('takes what was spent from other lots, first-expiring first, then as a deficit', () => {
    const august = earned('later', 5, '2026-06-05');
    given(loyalty, [enrolled, may, june, august, redeemed('r', '2026-06-09', ['june', 50], ['may', 10])])
      .when(settle({}, change('june', 6_000, 0)), today)
      .then([
        claimed({
          points: 60,
          allocations: [
            { lotId: lotOf('june'), points: 10 },
            { lotId: lotOf('may'), points: 20 },
            { lotId: lotOf('later'), points: 5 },
          ],
          deficit: 25,
        }),
      ]);
  });
  it('in parts claims in all what the purchase earned, however the parts round', () => {
    let state = stateOf([enrolled, earned('june', 100, '2026-06-01')]);
    const kept = [10_000, 6_667, 3_334, 50, 0];
    const points = kept.slice(1).map((after, index) => {
      const id = derivedId('return', String(index));
      const part = change('june', kept[index]!, after, { eventId: id, returnId: id });
      const [event] = loyalty.decide(settle({}, part), state, { occurredAt: at, ...today });
      if (event === undefined) return 0;
      state = loyalty.evolve(state, { ...event, eventId: '' });
      return (event.data as PointsClawedBack).points;
    });
    expect(points).toEqual([34, 33, 33, 0]);
    expect(state.lots).toMatchObject([{ points: 0, remaining: 0 }]);
  });
  it('claims at the multiplier at which the purchase earned', () => {
    const lot = earned('june', 120, '2026-06-01');
    const data = {
      ...lot.data,
      breakdown: { amount: 6_000, currency: 'USD', minorUnitsPerPoint: 100, multiplier: '2' },
    };
    const [event] = loyalty.decide(
      settle({}, change('june', 6_000, 3_000)),
      stateOf([enrolled, { ...lot, data } as Given<LoyaltyEvent>]),
      { occurredAt: at, ...today },
    );
    expect(event?.data).toMatchObject({ points: 60 });
  });
  it('does not claim what has expired of the purchase’s points', () => {
    const short = earned('june', 60, '2026-06-01', '2026-06-08');
    given(loyalty, [enrolled, may, short])
      .when(settle({}, change('june', 6_000, 0)), today)
      .thenNothing();
    given(loyalty, [enrolled, may, short, redeemed('r', '2026-06-02', ['june', 45])])
      .when(settle({}, change('june', 6_000, 0)), today)
      .then([
        claimed({
          points: 45,
          allocations: [{ lotId: lotOf('may'), points: 30 }],
          deficit: 15,
        }),
      ]);
  });
  it('is claimed once, for ever', () => {
    const before = claimed({ points: 40, allocations: [{ lotId: lotOf('june'), points: 40 }], deficit: 0 });
    given(loyalty, [enrolled, may, june, before])
      .when(settle({}, change('june', 6_000, 2_000)), today)
      .thenNothing();
    given(loyalty, [enrolled, may, june])
      .when(settle({}, change('june', 6_000, 2_000), change('june', 6_000, 2_000)), today)
      .then([
        claimed({
          points: 40,
          allocations: [{ lotId: lotOf('june'), points: 40 }],
          deficit: 0,
          nextExpiresOn: '2027-05-02',
        }),
      ]);
  });
  it('of another purchase was passed over because its id had been used there', () => {
    const before = claimed({ points: 40, allocations: [{ lotId: lotOf('june'), points: 40 }], deficit: 0 });
    const [event] = loyalty.decide(settle({}, change('may', 3_000, 0)), stateOf([enrolled, may, june, before]), {
      occurredAt: at,
      ...today,
    });
    expect(event?.data).toMatchObject({ returnId, sourceEventId: sourceOf('may'), points: 30 });
  });
  it('in one command with its purchase is claimed after that has earned, whatever times they tell', () => {
    const source = { eventId: sourceOf('june'), occurredAt: '2026-06-01T10:00:00Z', amount: 6_000, currency: 'USD' };
    const early = change('june', 6_000, 0, { occurredAt: '2026-05-31T00:00:00Z' });
    const decided = loyalty.decide({ ...settle({}, early), sources: [source] }, loyalty.initial, {
      occurredAt: at,
      ...today,
    });
    expect(decided.map(({ type }) => type)).toEqual(['LoyaltyEnrolled', 'PointsEarned', 'PointsClawedBack']);
    expect(decided.at(-1)?.data).toMatchObject({ clawedBackOn: '2026-06-01', deficit: 0 });
  });
  it('of a purchase that earned nothing claims nothing', () => {
    given(loyalty, [enrolled, may])
      .when(settle({}, change('penny', 50, 0)), today)
      .thenNothing();
  });
  it('announces the lower level that it leaves, in its name', () => {
    const lot = earned('june', 150, '2026-06-01');
    const window = { from: '2025-06-02', to: '2026-06-01' };
    const upgraded: Given<LoyaltyEvent> = {
      type: 'LoyaltyLevelUpgraded',
      data: { from: 'member', to: 'loyal', basis: 150, window, reviewOn: '2027-07-02' },
    };
    given(loyalty, [enrolled, lot, upgraded])
      .when(settle({}, change('june', 15_000, 9_900)), today)
      .then([
        claimed({
          points: 51,
          allocations: [{ lotId: lotOf('june'), points: 51 }],
          deficit: 0,
          nextExpiresOn: '2027-06-02',
        }),
        {
          type: 'LoyaltyLevelDowngraded',
          occurredAt: at,
          causationId: returnId,
          data: { from: 'loyal', to: 'member', basis: 99, window: { from: '2025-06-16', to: '2026-06-15' } },
        },
      ]);
  });
  it('needs no special case: balance and level of a day know what had happened by then', () => {
    const lot = earned('june', 150, '2026-06-01');
    const back = claimed({ points: 150, allocations: [{ lotId: lotOf('june'), points: 150 }], deficit: 0 });
    const state = stateOf([enrolled, lot, back]);
    const on = (day: string) => [balanceOn(state, day), loyaltyLevelOn(state, loyaltyRules(), day).loyaltyLevel];
    expect([on('2026-06-09'), on('2026-06-10')]).toEqual([
      [150, 'loyal'],
      [0, 'member'],
    ]);
  });
  it('left a deficit that was told to be repaid before the day on which it was', () => {
    const owed = claimed({ points: 60, allocations: [], deficit: 60 });
    const spent = redeemed('r', '2026-06-05', ['june', 60]);
    const state = stateOf([enrolled, june, spent, owed, earned('repays', 100, '2026-06-14')]);
    expect(['2026-06-09', '2026-06-13', '2026-06-14'].map((day) => balanceOn(state, day))).toEqual([0, -60, 40]);
    expect(state.deficit).toBe(0);
  });
});

describe('a cancellation', () => {
  const source = { eventId: sourceOf('june'), occurredAt: '2026-06-01T10:00:00Z', amount: 6_000, currency: 'USD' };
  const cancelled = change('june', 6_000, 0, { isCancellation: true });

  it('claims everything', () => {
    given(loyalty, [enrolled, june])
      .when(settle({}, cancelled), today)
      .then([claimed({ points: 60, allocations: [{ lotId: lotOf('june'), points: 60 }], deficit: 0 })]);
  });
  it('of a purchase that has not earned leaves it without points, and its correction too', () => {
    const correction = change('june', 3_000, 6_000, { eventId: derivedId('event', 'correction') });
    given(loyalty, [enrolled])
      .when({ ...settle({}, correction, cancelled), sources: [source] }, today)
      .thenNothing();
  });
});

describe('a cancellation of a purchase that only its correction let earn', () => {
  it('left the points of the correction behind', () => {
    const correctionId = derivedId('event', 'correction');
    const up = change('penny', 50, 700, { eventId: correctionId, returnId: correctionId });
    const [added] = loyalty.decide(settle({}, up), stateOf([enrolled]), { occurredAt: at, ...today });
    const cancelled = change('penny', 700, 0, { isCancellation: true });
    const [event] = loyalty.decide(settle({}, cancelled), stateOf([enrolled, added!]), { occurredAt: at, ...today });
    expect(event).toMatchObject({ type: 'PointsClawedBack', data: { points: 7, deficit: 0 } });
  });
});

describe('a correction', () => {
  const correctionId = derivedId('event', 'correction');
  const more = { eventId: correctionId, returnId: correctionId };

  it('upwards earns the difference: it qualifies and expires with the purchase, and is there from its own day on', () => {
    given(loyalty, [enrolled, june])
      .when(settle({}, change('june', 6_000, 8_099, more)), today)
      .then([
        {
          type: 'PointsEarned',
          occurredAt: at,
          causationId: correctionId,
          data: {
            lotId: derivedId('lot', correctionId),
            points: 20,
            sourceEventId: correctionId,
            earnedOn: '2026-06-01',
            expiresOn: '2027-06-02',
            rulesVersion: 1,
            breakdown: {
              amount: 8_099,
              currency: 'USD',
              minorUnitsPerPoint: 100,
              multiplier: '1',
              alreadyEarned: 60,
            },
            purchasedEventId: sourceOf('june'),
            creditedOn: '2026-06-10',
          },
        },
      ]);
  });
  it('of a purchase that had earned nothing earns by the rules of its day', () => {
    const [event] = loyalty.decide(settle({}, change('penny', 50, 700, more)), stateOf([enrolled]), {
      occurredAt: at,
      ...today,
    });
    expect(event).toMatchObject({ type: 'PointsEarned', data: { points: 7, earnedOn: '2026-06-01' } });
  });
  it('downwards claims the difference, and a later return claims what both earned', () => {
    const [event] = loyalty.decide(settle({}, change('june', 6_000, 4_000, more)), stateOf([enrolled, june]), {
      occurredAt: at,
      ...today,
    });
    expect(event).toMatchObject({ type: 'PointsClawedBack', data: { returnId: correctionId, points: 20 } });
    const [added] = loyalty.decide(settle({}, change('june', 6_000, 8_000, more)), stateOf([enrolled, june]), {
      occurredAt: at,
      ...today,
    });
    given(loyalty, [enrolled, june, added!])
      .when(settle({}, change('june', 8_000, 0, { occurredAt: '2026-06-05T00:00:00Z' })), today)
      .then([
        {
          ...claimed({
            points: 80,
            allocations: [
              { lotId: lotOf('june'), points: 60 },
              { lotId: derivedId('lot', correctionId), points: 20 },
            ],
            deficit: 0,
          }),
          occurredAt: '2026-06-05T00:00:00Z',
        },
      ]);
  });
  it('is settled once, for ever', () => {
    const [added] = loyalty.decide(settle({}, change('june', 6_000, 8_000, more)), stateOf([enrolled, june]), {
      occurredAt: at,
      ...today,
    });
    given(loyalty, [enrolled, june, added!])
      .when(settle({}, change('june', 6_000, 8_000, more)), today)
      .thenNothing();
  });
  it('that repays a deficit says how much', () => {
    const owed = claimed({ points: 15, allocations: [], deficit: 15, sourceEventId: sourceOf('other') });
    const [event] = loyalty.decide(settle({}, change('june', 6_000, 8_000, more)), stateOf([enrolled, june, owed]), {
      occurredAt: at,
      ...today,
    });
    expect(event?.data).toMatchObject({ points: 20, repaid: 15 });
  });
});

describe('on a ledger that has moved', () => {
  const moved: Given<LoyaltyEvent> = {
    type: 'PointsTransferredOut',
    data: { mergeId: derivedId('merge', '1'), toCustomerId: BEN, lots: [], deficit: 0, part: 1 },
  };
  const done = claimed({ points: 10, allocations: [{ lotId: lotOf('june'), points: 10 }], deficit: 0 });

  it('what was settled is, and anything else is refused, naming the survivor', () => {
    given(loyalty, [enrolled, june, done, moved])
      .when(settle({}, change('june', 6_000, 5_000)), today)
      .thenNothing();
    const violation = given(loyalty, [enrolled, june, moved])
      .when(settle({}, change('june', 6_000, 5_000)), today)
      .thenRefused('loyalty-ledger-moved', { kind: 'conflict' });
    expect(violation.message).toContain(BEN);
  });
});

function stateOf(events: (Given<LoyaltyEvent> | Expected<LoyaltyEvent>)[]) {
  return events.reduce(
    (state, event) => loyalty.evolve(state, { occurredAt: '2026-06-01T00:00:00Z', ...event, eventId: '' }),
    loyalty.initial,
  );
}
