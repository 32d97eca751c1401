import type { LoyaltyEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import type { PointsTransferredIn, TransferredLot } from '#contracts/loyalty.events.js';
import { type Given, given } from '#testing/decider-spec.js';
import { ANNA, BEN, earned, enrolled, lotOf, loyaltyRules, redeemed, sourceOf } from '#testing/loyalty-events.js';
import { balanceOn } from './balance.js';
import type { EarnPoints, LoyaltyCommand, TransferPointsIn, TransferPointsOut } from './commands.js';
import { loyalty } from './loyalty.decider.js';
import { loyaltyLevelOn } from './standing.js';
import { partOf } from './transferring.js';

const rules = loyaltyRules();
const today = { occurredAt: '2026-06-15T12:00:00Z', businessDate: '2026-06-15' };
const mergeId = derivedId('merge', '1');
const backId = derivedId('unmerge', mergeId);
const out = (more: Partial<TransferPointsOut> = {}) => ({
  type: 'TransferPointsOut' as const,
  mergeId,
  toCustomerId: BEN,
  part: 1,
  rules,
  ...more,
});
const into = (transferred: PointsTransferredIn): TransferPointsIn & { rules: typeof rules } => ({
  type: 'TransferPointsIn',
  customerId: BEN,
  transferred,
  rules,
});
const lot = (name: string, earnedOn: string, points: number, remaining: number): TransferredLot => ({
  lotId: lotOf(name),
  sourceEventId: sourceOf(name),
  points,
  remaining,
  earnedOn,
  expiresOn: `2027${earnedOn.slice(4, 8)}${String(Number(earnedOn.slice(8)) + 1).padStart(2, '0')}`,
  minorUnitsPerPoint: 100,
});
const june = earned('june', 60, '2026-06-01');
const may = earned('may', 80, '2026-05-01');
const spent = redeemed('r', '2026-06-05', ['may', 30]);
const moving = [lot('june', '2026-06-01', 60, 60), lot('may', '2026-05-01', 80, 50)];
const gone: Given<LoyaltyEvent> = {
  type: 'PointsTransferredOut',
  data: { mergeId, toCustomerId: BEN, lots: moving, deficit: 0, part: 1, transferredOn: '2026-06-15' },
};
const arrived: PointsTransferredIn = {
  mergeId,
  fromCustomerId: ANNA,
  lots: moving,
  deficit: 0,
  part: 1,
  transferredOn: '2026-06-15',
};
const bensOwn: Given<LoyaltyEvent>[] = [
  { type: 'LoyaltyEnrolled', data: { customerId: BEN } },
  earned('ben', 10, '2026-06-02'),
];

describe('TransferPointsOut', () => {
  it('moves what is left of every lot, with days and sources, and refers to the survivor from then on', () => {
    given(loyalty, [enrolled, june, may, spent]).when(out(), today).then([gone]);
    const state = stateOf([enrolled, june, may, spent, gone]);
    expect([state.movedTo, balanceOn(state, '2026-06-15'), balanceOn(state, '2026-06-14')]).toEqual([BEN, 0, 110]);
  });
  it('moves the deficit along', () => {
    const owed = { returnId: mergeId, sourceEventId: sourceOf('x'), points: 5, allocations: [], deficit: 5 };
    const [event] = loyalty.decide(
      out(),
      stateOf([enrolled, { type: 'PointsClawedBack', data: { ...owed, clawedBackOn: '2026-06-01' } }]),
      today,
    );
    expect(event?.data).toMatchObject({ lots: [], deficit: 5 });
  });
  it('happens on no earlier day than what happened to the lots', () => {
    const early = { occurredAt: '2026-05-20T00:00:00Z', businessDate: '2026-06-15' };
    const [event] = loyalty.decide(out(), stateOf([enrolled, june, may, spent]), early);
    expect(event?.data).toMatchObject({ transferredOn: '2026-06-05' });
  });
  it('goes part by part, as many lots as an event holds, and tells when nothing is left', () => {
    const many = Array.from({ length: 501 }, (_, index) => earned(String(index), 1, '2026-06-01'));
    let state = stateOf([enrolled, ...many]);
    const lots = [1, 2, 3].map((part) => {
      const [event] = loyalty.decide(out({ part }), state, today);
      if (event === undefined) return undefined;
      state = loyalty.evolve(state, { ...event, eventId: '' });
      return (event.data as PointsTransferredIn).lots.length;
    });
    expect(lots).toEqual([500, 1, undefined]);
  });
  it('of nothing still says where the points are from now on', () => {
    const data = { mergeId, toCustomerId: BEN, lots: [], deficit: 0, part: 1, transferredOn: '2026-06-15' };
    given(loyalty)
      .when(out(), today)
      .then([{ type: 'PointsTransferredOut', data }]);
  });
  it('goes once', () => {
    given(loyalty, [enrolled, june, may, spent, gone]).when(out(), today).thenNothing();
  });
  it('of an undone merge sends back what is left of its lots, and no others', () => {
    const before: Given<LoyaltyEvent>[] = [
      ...bensOwn,
      { type: 'PointsTransferredIn', data: arrived },
      redeemed('later', '2026-06-15', ['may', 50]),
    ];
    const back = { mergeId: backId, toCustomerId: ANNA, undoes: mergeId };
    given(loyalty, before)
      .when(out(back), today)
      .then([
        {
          type: 'PointsTransferredOut',
          data: {
            mergeId: backId,
            toCustomerId: ANNA,
            lots: [lot('june', '2026-06-01', 60, 60), lot('may', '2026-05-01', 80, 0)],
            deficit: 0,
            part: 1,
            back: true,
            undoes: mergeId,
            transferredOn: '2026-06-15',
            nextExpiresOn: '2027-06-03',
          },
        },
      ]);
  });
});

describe('what the purchases of an absorbed customer bring about on the survivor’s ledger', () => {
  const source = { eventId: sourceOf('later'), occurredAt: '2026-06-15T10:00:00Z', amount: 5_000, currency: 'USD' };
  const returnId = derivedId('return', 'later');
  const returned = {
    eventId: returnId,
    occurredAt: '2026-06-15T11:00:00Z',
    purchase: source,
    before: 5_000,
    after: 0,
    returnId,
  };
  const earn = (more: Partial<EarnPoints>) => ({
    type: 'EarnPoints' as const,
    customerId: BEN,
    sources: [],
    mergeId,
    rules,
    ...more,
  });
  const decidedOn = (before: Given<LoyaltyEvent>[], command: LoyaltyCommand) => [
    ...before,
    ...(loyalty.decide(command, stateOf(before), today) as Given<LoyaltyEvent>[]),
  ];
  const merged: Given<LoyaltyEvent>[] = [...bensOwn, { type: 'PointsTransferredIn', data: { ...arrived, lots: [] } }];
  const back = out({ mergeId: backId, toCustomerId: ANNA, undoes: mergeId });

  it('names the merge, and goes back with it', () => {
    const bought = decidedOn(merged, earn({ sources: [source] }));
    expect(bought.at(-1)?.data).toMatchObject({ points: 50, mergeId });
    const [event] = loyalty.decide(back, stateOf(bought), today);
    expect(event?.data).toMatchObject({ lots: [{ lotId: lotOf('later'), points: 50, remaining: 50 }] });
  });
  it('goes back as settled, lot and claim, when nothing is left: it is neither earned nor claimed again', () => {
    const bought = decidedOn(merged, earn({ sources: [source], changes: [returned] }));
    const gone = stateOf(decidedOn(bought, back));
    const transferred = partOf(gone, BEN, backId, 1, true)!;
    expect(transferred).toMatchObject({
      lots: [{ lotId: lotOf('later'), points: 0, remaining: 0 }],
      undoes: mergeId,
      claims: [{ returnId, sourceEventId: source.eventId }],
    });
    const home = decidedOn([enrolled], { ...into(transferred), customerId: ANNA });
    given(loyalty, home)
      .when({ ...earn({ sources: [source], changes: [returned] }), customerId: ANNA }, today)
      .thenNothing();
  });
  it('is refused when the merge has been undone, naming whose it is again', () => {
    const gone = decidedOn(merged, back);
    const { message } = given(loyalty, gone)
      .when(earn({ sources: [source] }), today)
      .thenRefused('loyalty-ledger-moved', { kind: 'conflict' });
    expect(message).toContain(ANNA);
    const [own] = loyalty.decide({ ...earn({ sources: [source] }), mergeId: undefined }, stateOf(gone), today);
    expect(own?.type).toBe('PointsEarned');
  });
  it('goes on from the day on which it came back: an earlier return takes it from there, not as a deficit', () => {
    const bought = decidedOn(merged, earn({ sources: [source] }));
    const later = { occurredAt: '2026-06-20T12:00:00Z', businessDate: '2026-06-20' };
    const gone = [...bought, ...(loyalty.decide(back, stateOf(bought), later) as Given<LoyaltyEvent>[])];
    const home = decidedOn([enrolled], { ...into(partOf(stateOf(gone), BEN, backId, 1, true)!), customerId: ANNA });
    const [claim] = loyalty.decide(
      { ...earn({ changes: [returned] }), customerId: ANNA, mergeId: undefined },
      stateOf(home),
      later,
    );
    expect(claim?.data).toMatchObject({ points: 50, deficit: 0, clawedBackOn: '2026-06-20' });
  });
});

describe('a deficit that a merge brought', () => {
  const owing: Given<LoyaltyEvent>[] = [...bensOwn, { type: 'PointsTransferredIn', data: { ...arrived, deficit: 30 } }];
  const back = out({ mergeId: backId, toCustomerId: ANNA, undoes: mergeId });

  it('goes back with it, as far as nothing has repaid it', () => {
    const deficitOf = (...more: Given<LoyaltyEvent>[]) => {
      const [event] = loyalty.decide(back, stateOf([...owing, ...more]), today);
      return (event!.data as PointsTransferredIn).deficit;
    };
    expect(deficitOf()).toBe(30);
    expect(deficitOf(earned('repays', 20, '2026-06-15'))).toBe(10);
  });
});

describe('TransferPointsIn', () => {
  it('takes the lots in, which qualify on the days on which they were earned, and announces the level', () => {
    given(loyalty, bensOwn)
      .when(into(arrived), today)
      .then([
        { type: 'PointsTransferredIn', data: { ...arrived, nextExpiresOn: '2027-05-02' } },
        {
          type: 'LoyaltyLevelUpgraded',
          data: {
            from: 'member',
            to: 'loyal',
            basis: 140,
            window: { from: '2025-06-02', to: '2026-06-01' },
            reviewOn: '2027-07-02',
          },
        },
      ]);
    const state = stateOf([...bensOwn, { type: 'PointsTransferredIn', data: arrived }]);
    const on = (day: string) => [balanceOn(state, day), loyaltyLevelOn(state, rules, day).qualifyingPoints];
    expect([on('2026-06-14'), on('2026-06-15')]).toEqual([
      [10, 10],
      [120, 150],
    ]);
  });
  it('enrols a survivor that never earned', () => {
    const decided = loyalty.decide(into(arrived), loyalty.initial, today);
    expect(decided[0]).toMatchObject({ type: 'LoyaltyEnrolled', data: { customerId: BEN } });
  });
  it('comes once', () => {
    given(loyalty, [...bensOwn, { type: 'PointsTransferredIn', data: arrived }])
      .when(into(arrived), today)
      .thenNothing();
  });
  it('of what had left before goes on with the same lots, and is open again', () => {
    const returning = {
      ...arrived,
      mergeId: backId,
      fromCustomerId: BEN,
      lots: [lot('june', '2026-06-01', 60, 20)],
      back: true,
    };
    const before = [enrolled, june, may, spent, gone];
    const decided = loyalty.decide({ ...into(returning), customerId: ANNA }, stateOf(before), today);
    const state = decided.reduce((state, event) => loyalty.evolve(state, { ...event, eventId: '' }), stateOf(before));
    expect(state.lots.map(({ points, remaining }) => [points, remaining])).toEqual([
      [60, 20],
      [0, 0],
    ]);
    expect(state.movedTo).toBeUndefined();
    expect(['2026-06-14', '2026-06-15'].map((day) => balanceOn(state, day))).toEqual([110, 20]);
  });
  it('is refused on the ledger of another customer', () => {
    given(loyalty, [enrolled])
      .when(into(arrived), today)
      .thenRefused('ledger-of-its-customer', { kind: 'invalid', field: 'customerId' });
  });
});

describe('a part', () => {
  it('arrives as it left, read off the ledger that it left', () => {
    const state = stateOf([enrolled, june, may, spent, gone]);
    expect(partOf(state, ANNA, mergeId, 1, false)).toEqual(arrived);
    expect(partOf(state, ANNA, mergeId, 2, false)).toBeUndefined();
  });
});

function stateOf(events: Given<LoyaltyEvent>[]) {
  return events.reduce(
    (state, event) => loyalty.evolve(state, { occurredAt: '2026-06-15T00:00:00Z', ...event, eventId: '' }),
    loyalty.initial,
  );
}
