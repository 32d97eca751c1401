import type { TransferPoints } from '#commands/handlers/loyalty.handler.js';
import { derivedId } from '#contracts/ids.js';
import { type Happening, history } from '#testing/recorded.js';
import { transferPoints } from './transfer-points.policy.js';

const [mergeId, survivorId, absorbedId, otherId] = ['merge', 'survivor', 'absorbed', 'other'].map((name) =>
  derivedId('spec', name),
) as [string, string, string, string];
const pair = { mergeId, survivorId, absorbedId };
const absorbed: Happening = { type: 'CustomerAbsorbed', data: pair, customerId: absorbedId };
const unmerged = (customerId: string): Happening => ({
  type: 'CustomersUnmerged',
  data: { ...pair, reason: 'x' },
  customerId,
});
const there = { mergeId, fromCustomerId: absorbedId, toCustomerId: survivorId };
const back = {
  mergeId: derivedId('unmerge', mergeId),
  fromCustomerId: survivorId,
  toCustomerId: absorbedId,
  undoes: mergeId,
};

const transfersOf = (...happenings: Happening[]) =>
  (transferPoints.react(history(happenings)) as TransferPoints[]).map(({ transfers }) =>
    transfers.map(({ transfer }) => transfer),
  );

describe('the policy that lets points follow customers', () => {
  it('sends them to the survivor when a customer was absorbed, and not before', () => {
    const merged: Happening = { type: 'CustomersMerged', data: pair, customerId: survivorId };
    expect(transfersOf(merged, absorbed)).toEqual([[there]]);
    expect(transfersOf(merged)).toEqual([]);
  });
  it('sends what is left back when both are told that they are two again, under an id of its own', () => {
    expect(transfersOf(unmerged(survivorId), unmerged(absorbedId))).toEqual([[back]]);
    expect(transfersOf(unmerged(survivorId))).toEqual([]);
  });
  it('sends both ways in one command, one after the other; of two customers in two', () => {
    const other: Happening = { type: 'CustomerAbsorbed', data: { ...pair, absorbedId: otherId }, customerId: otherId };
    expect(transfersOf(absorbed, other, unmerged(absorbedId))).toEqual([
      [there, back],
      [{ ...there, fromCustomerId: otherId }],
    ]);
  });
  it('makes the same commands, with the same ids, of the same events', () => {
    const events = history([absorbed, unmerged(absorbedId)]);
    expect(transferPoints.react(events)).toEqual(transferPoints.react(events));
  });
});
