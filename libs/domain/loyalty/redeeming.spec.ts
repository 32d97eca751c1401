import type { LoyaltyEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import { type Given, given } from '#testing/decider-spec.js';
import { BEN, earned, enrolled, lotOf, loyaltyRules, redeemed } from '#testing/loyalty-events.js';
import type { RedeemPoints, ReverseRedemption } from './commands.js';
import { loyalty } from './loyalty.decider.js';

const rules = loyaltyRules();
const redemptionId = derivedId('redemption', 'ticket');
const on = (day: string) => ({ occurredAt: `${day}T12:00:00Z`, businessDate: '2026-06-15' });
const redeem = (points: number, more: Partial<RedeemPoints> = {}) => ({
  type: 'RedeemPoints' as const,
  redemptionId,
  points,
  rules,
  ...more,
});
const reverse: ReverseRedemption & { rules: typeof rules } = {
  type: 'ReverseRedemption',
  redemptionId,
  reason: 'Unused',
  rules,
};
const june = earned('june', 50, '2026-06-01');
const may = earned('may', 30, '2026-05-01');
const account = [enrolled, june, may];
const movedAway: Given<LoyaltyEvent> = {
  type: 'PointsTransferredOut',
  data: { mergeId: derivedId('merge', '1'), toCustomerId: BEN, lots: [], deficit: 0, part: 1 },
};

describe('RedeemPoints', () => {
  it('takes from the lots that expire first, and tells what expires next', () => {
    given(loyalty, account)
      .when(redeem(40, { reward: 'A ticket' }), on('2026-06-15'))
      .then([
        {
          type: 'PointsRedeemed',
          data: {
            redemptionId,
            points: 40,
            allocations: [
              { lotId: lotOf('may'), points: 30 },
              { lotId: lotOf('june'), points: 10 },
            ],
            redeemedOn: '2026-06-15',
            reward: 'A ticket',
            nextExpiresOn: '2027-06-02',
          },
        },
      ]);
  });
  it('can take all of it, and then nothing expires', () => {
    given(loyalty, [enrolled, june])
      .when(redeem(50), on('2026-06-15'))
      .then([
        {
          type: 'PointsRedeemed',
          data: {
            redemptionId,
            points: 50,
            allocations: [{ lotId: lotOf('june'), points: 50 }],
            redeemedOn: '2026-06-15',
          },
        },
      ]);
  });
  it('takes what never expires last, and nothing that has expired or is yet to come', () => {
    const forEver = derivedId('adjustment', 'for ever');
    const given1 = { adjustmentId: forEver, points: 5, adjustedOn: '2026-01-01', reason: 'x' };
    const old = earned('old', 70, '2025-01-01');
    const events = [enrolled, { type: 'PointsAdjusted' as const, data: given1 }, old, june, may];
    const [event] = loyalty.decide(redeem(34), stateOf(events), on('2026-05-31'));
    expect(event?.data).toMatchObject({
      allocations: [
        { lotId: lotOf('may'), points: 30 },
        { lotId: forEver, points: 4 },
      ],
    });
  });
  it('tells the day in the time zone of the rules', () => {
    const [event] = loyalty.decide(
      { ...redeem(10), rules: loyaltyRules({ timeZone: 'Asia/Ho_Chi_Minh' }) },
      stateOf(account),
      { occurredAt: '2026-06-14T17:00:00Z', businessDate: '2026-06-15' },
    );
    expect(event?.data).toMatchObject({ redeemedOn: '2026-06-15' });
  });
  it('that comes late finds neither what was spent later nor what came back later', () => {
    const later = redeemed('later', '2026-06-10', ['june', 50]);
    given(loyalty, [...account, later])
      .when(redeem(31), on('2026-06-05'))
      .thenRefused('redeem-within-balance');
    const taken = redeemed('taken', '2026-05-02', ['may', 30]);
    const data = { redemptionId: derivedId('redemption', 'taken'), reason: 'x', reversedOn: '2026-06-01' };
    given(loyalty, [enrolled, may, taken, { type: 'RedemptionReversed', data }])
      .when(redeem(1), on('2026-05-20'))
      .thenRefused('redeem-within-balance');
  });
  it('is refused beyond the balance of the day, which a deficit lessens', () => {
    given(loyalty, account)
      .when(redeem(81), on('2026-06-15'))
      .thenRefused('redeem-within-balance', { kind: 'conflict', field: 'points' });
    given(loyalty, account).when(redeem(31), on('2026-05-31')).thenRefused('redeem-within-balance');
    const claimed = { returnId: derivedId('return', '1'), sourceEventId: derivedId('source', 'x'), allocations: [] };
    const owed = { ...claimed, points: 60, deficit: 60, clawedBackOn: '2026-06-02' };
    given(loyalty, [...account, { type: 'PointsClawedBack', data: owed }])
      .when(redeem(21), on('2026-06-15'))
      .thenRefused('redeem-within-balance');
  });
  it('is refused a second time under one id, also when it was reversed', () => {
    const before = [...account, redeemed('ticket', '2026-06-14', ['may', 1])];
    given(loyalty, before)
      .when(redeem(1), on('2026-06-15'))
      .thenRefused('redemption-once', { kind: 'conflict', field: 'redemptionId' });
    given(loyalty, [...before, { type: 'RedemptionReversed', data: { redemptionId, reason: 'x' } }])
      .when(redeem(1), on('2026-06-15'))
      .thenRefused('redemption-once');
  });
  it('is refused after the business date', () => {
    given(loyalty, account)
      .when(redeem(1), on('2026-06-16'))
      .thenRefused('not-after-business-date', { kind: 'invalid', field: 'occurredAt' });
  });
  it('is refused where the points went to the ledger of another customer', () => {
    const violation = given(loyalty, [...account, movedAway])
      .when(redeem(1), on('2026-06-15'))
      .thenRefused('loyalty-ledger-moved', { kind: 'conflict' });
    expect(violation.message).toContain(BEN);
  });
  it('is refused while no rules have been published', () => {
    given(loyalty, account)
      .when({ ...redeem(1), rules: [] }, on('2026-06-15'))
      .thenRefused('loyalty-rules-published', { kind: 'not-found' });
  });
});

describe('ReverseRedemption', () => {
  const before = [...account, redeemed('ticket', '2026-06-10', ['may', 30], ['june', 10])];

  it('gives the points back to their lots', () => {
    const event = { redemptionId, reason: 'Unused', reversedOn: '2026-06-15', nextExpiresOn: '2027-05-02' };
    given(loyalty, before)
      .when(reverse, on('2026-06-15'))
      .then([{ type: 'RedemptionReversed', data: event }]);
    const state = stateOf([...before, { type: 'RedemptionReversed', data: event }]);
    expect(state.lots.map(({ remaining }) => remaining)).toEqual([50, 30]);
  });
  it('is refused of a redemption that is not known', () => {
    given(loyalty, account)
      .when(reverse, on('2026-06-15'))
      .thenRefused('redemption-known', { kind: 'not-found', field: 'redemptionId' });
  });
  it('is refused a second time', () => {
    given(loyalty, [...before, { type: 'RedemptionReversed', data: { redemptionId, reason: 'x' } }])
      .when(reverse, on('2026-06-15'))
      .thenRefused('redemption-reversed-once', { kind: 'conflict', field: 'redemptionId' });
  });
  it('is refused before the day of the redemption, and after the business date', () => {
    given(loyalty, before)
      .when(reverse, on('2026-06-09'))
      .thenRefused('reversal-after-redemption', { kind: 'invalid', field: 'occurredAt' });
    given(loyalty, before).when(reverse, on('2026-06-16')).thenRefused('not-after-business-date');
  });
  it('is refused where the points went to the ledger of another customer', () => {
    given(loyalty, [...before, movedAway])
      .when(reverse, on('2026-06-15'))
      .thenRefused('loyalty-ledger-moved', { kind: 'conflict' });
  });
});

function stateOf(events: Given<LoyaltyEvent>[]) {
  return events.reduce(
    (state, event) => loyalty.evolve(state, { occurredAt: '2026-06-01T00:00:00Z', ...event, eventId: '' }),
    loyalty.initial,
  );
}
