import { derivedId } from '#contracts/ids.js';
import { defaultLoyaltyRulesPublished } from '#domain/loyalty/rules.js';
import { type Happening, history } from '#testing/recorded.js';
import { customer360In, loyaltyIn } from './as-of.js';
import { groupIn } from './group.js';

const [survivorId, absorbedId, otherId] = ['survivor', 'absorbed', 'other'].map((name) =>
  derivedId('customer', name),
) as [string, string, string];
const pair = { mergeId: derivedId('merge', '1'), survivorId, absorbedId };
const undoing = { ...pair, reason: 'Twins' };

const acquired = (customerId: string, occurredAt: string): Happening => ({
  type: 'CustomerAcquired',
  data: { partyKind: 'person', roles: ['endConsumer'], channel: 'web' },
  customerId,
  occurredAt,
});
const complained = (customerId: string, occurredAt: string): Happening => ({
  type: 'CustomerComplained',
  data: { issue: 'Late', severity: 'high', channel: 'web' },
  customerId,
  streamId: `complaint-${derivedId('complaint', customerId, occurredAt)}`,
  occurredAt,
});
const earned = (customerId: string, points: number): Happening => {
  const lotId = derivedId('lot', customerId);
  const breakdown = { amount: points * 100, currency: 'USD', minorUnitsPerPoint: 100, multiplier: '1' };
  const data = { lotId, points, sourceEventId: lotId, earnedOn: '2026-02-02', rulesVersion: 1, breakdown };
  return { type: 'PointsEarned', data, customerId, streamId: `loyalty-${customerId}` };
};

/** In the order recorded: two customers, merged, unmerged. The absorbed one was there first. */
const happenings: Happening[] = [
  acquired(survivorId, '2026-02-01T08:00:00Z'),
  acquired(absorbedId, '2026-01-01T08:00:00Z'),
  complained(survivorId, '2026-02-02T08:00:00Z'),
  complained(absorbedId, '2026-01-02T08:00:00Z'),
  { type: 'CustomersMerged', data: pair, customerId: survivorId, occurredAt: '2026-03-01T08:00:00Z' },
  { type: 'CustomerAbsorbed', data: pair, customerId: absorbedId, occurredAt: '2026-03-01T08:00:00Z' },
  complained(absorbedId, '2026-03-02T08:00:00Z'),
  { type: 'CustomersUnmerged', data: undoing, customerId: survivorId, occurredAt: '2026-04-01T08:00:00Z' },
  { type: 'CustomersUnmerged', data: undoing, customerId: absorbedId, occurredAt: '2026-04-01T08:00:00Z' },
];
const [TWO, HALF, MERGED, MERGED_LATER, HALF_UNDONE, UNMERGED] = [4, 5, 6, 7, 8, 9] as const;

const past = (customerId: string, recorded: number, all = happenings) => {
  return { customerId, events: history(all).slice(0, recorded), rules: [] };
};
const view = (customerId: string, recorded: number, effectiveAt?: string) => {
  return customer360In(past(customerId, recorded), effectiveAt, '2026-06-15');
};

describe('who was one with a customer', () => {
  const alone = { absorbedIds: [] };
  it.each([
    ['before the merge', TWO, { survivorId, ...alone }, { survivorId: absorbedId, ...alone }],
    ['after half of the merge', HALF, { survivorId, ...alone }, { survivorId: absorbedId, ...alone }],
    ['after the merge', MERGED, { survivorId, absorbedIds: [absorbedId] }, { survivorId, absorbedIds: [absorbedId] }],
    [
      'after half of its undoing',
      HALF_UNDONE,
      { survivorId, absorbedIds: [absorbedId] },
      { survivorId, absorbedIds: [absorbedId] },
    ],
    ['after its undoing', UNMERGED, { survivorId, ...alone }, { survivorId: absorbedId, ...alone }],
  ])('is told %s as it was known', (_, recorded, ofSurvivor, ofAbsorbed) => {
    expect(groupIn(past(survivorId, recorded))).toEqual(ofSurvivor);
    expect(groupIn(past(absorbedId, recorded))).toEqual(ofAbsorbed);
  });

  it('does not hold whom another absorbed afterwards', () => {
    const again = { mergeId: derivedId('merge', '2'), survivorId: otherId, absorbedId };
    const all: Happening[] = [...happenings, { type: 'CustomerAbsorbed', data: again, customerId: absorbedId }];
    expect(groupIn(past(survivorId, all.length, all))).toEqual({ survivorId, absorbedIds: [] });
    expect(groupIn(past(absorbedId, all.length, all))).toEqual({ survivorId: otherId, absorbedIds: [absorbedId] });
  });
});

describe('the 360° view of a merged customer as of a moment', () => {
  it('is that of each while they were two, though it is known now that they were merged', () => {
    expect(view(survivorId, TWO)).toMatchObject({ customerId: survivorId, complaints: 1 });
    expect(view(absorbedId, TWO)).toMatchObject({ customerId: absorbedId, complaints: 1 });
    for (const id of [survivorId, absorbedId]) {
      expect(view(id, TWO)).not.toHaveProperty('members');
      expect(view(id, TWO)).not.toHaveProperty('absorbedInto');
    }
  });

  it('holds what both did while they were one, whichever of them is asked for', () => {
    const told = view(survivorId, MERGED_LATER)!;
    expect(told).toMatchObject({
      customerId: survivorId,
      acquiredAt: '2026-01-01T08:00:00.000Z',
      complaints: 3,
      members: [absorbedId],
    });
    expect(told).not.toHaveProperty('absorbedInto');
    expect(view(absorbedId, MERGED_LATER)).toEqual({ ...told, absorbedInto: survivorId });
  });

  it('is that of each again after the undoing, with what was recorded for it in between', () => {
    expect(view(survivorId, UNMERGED)).toMatchObject({ customerId: survivorId, complaints: 1 });
    expect(view(absorbedId, UNMERGED)).toMatchObject({ customerId: absorbedId, complaints: 2 });
    expect(view(survivorId, UNMERGED)).not.toHaveProperty('members');
  });

  it('holds of an earlier time what either had done by then, for who is one now had always been one', () => {
    expect(view(survivorId, MERGED, '2026-02-15')).toMatchObject({ complaints: 2, members: [absorbedId] });
    expect(view(survivorId, TWO, '2026-02-15')).toMatchObject({ complaints: 1 });
  });

  it('is there of a time before the survivor was, under its id, and not before any of them was', () => {
    const told = view(survivorId, MERGED, '2026-01-15')!;
    expect(told).toMatchObject({ customerId: survivorId, complaints: 1, members: [absorbedId] });
    expect(view(survivorId, MERGED, '2025-12-31')).toBeUndefined();
    expect(view(survivorId, TWO, '2026-01-15')).toBeUndefined();
  });
});

describe('the loyalty of a merged customer as of a moment', () => {
  const earning = [earned(survivorId, 5), earned(absorbedId, 7)];
  const balances = (id: string) =>
    [TWO, MERGED, UNMERGED].map((recorded) => {
      const known = past(id, earning.length + recorded, [...earning, ...happenings]);
      const { customerId, balance } = loyaltyIn(
        { ...known, rules: [defaultLoyaltyRulesPublished] },
        undefined,
        '2026-02-15',
      );
      return [customerId, balance];
    });

  it('is that of the ledger of the survivor while they were one, and of its own before and after', () => {
    const [survivors, own] = [
      [survivorId, 5],
      [absorbedId, 7],
    ];
    expect(balances(absorbedId)).toEqual([own, survivors, own]);
    expect(balances(survivorId)).toEqual([survivors, survivors, survivors]);
  });
});
