import { derivedId } from '#contracts/ids.js';
import { CUSTOMER_360_TOPIC, LOYALTY_LEVEL_TOPIC } from '#contracts/topics.js';
import { given } from '#testing/projection-spec.js';
import { type Happening, SPEC_CUSTOMER } from '#testing/recorded.js';
import { mergeGroup } from './merge-group.projection.js';

const survivorId = derivedId('customer', 'survivor');
const pair = { mergeId: derivedId('merge', '1'), survivorId, absorbedId: SPEC_CUSTOMER };
const onSurvivor = { streamId: `customer-${survivorId}`, customerId: survivorId };

const merged: Happening = { type: 'CustomersMerged', data: pair, ...onSurvivor };
const absorbed: Happening = { type: 'CustomerAbsorbed', data: pair };
const undoing = { ...pair, reason: 'Twins' };
const undone: Happening = { type: 'CustomersUnmerged', data: undoing, ...onSurvivor };
const released: Happening = { type: 'CustomersUnmerged', data: undoing };

describe('The groups of merged customers', () => {
  it('lead from the absorbed customer to its survivor', () => {
    const { mergeId } = pair;
    given(mergeGroup, [merged, absorbed]).thenRow({ customerId: SPEC_CUSTOMER, survivorId, mergeId });
  });
  it('do not know half a merge', () => {
    given(mergeGroup, [merged]).thenNoRow();
    given(mergeGroup, [merged, undone]).thenNoRow();
  });
  it('hold until the absorbed customer is free', () => {
    given(mergeGroup, [merged, absorbed, undone]).thenRow({ survivorId });
    given(mergeGroup, [merged, absorbed, undone, released]).thenNoRow();
  });
  it('say that the states of both follow anew, when they begin and when they end', () => {
    const row = { customerId: SPEC_CUSTOMER, survivorId, mergeId: pair.mergeId, mergedAt: '2026-01-01T00:00:00.000Z' };
    const expected = [CUSTOMER_360_TOPIC, LOYALTY_LEVEL_TOPIC].flatMap((topic) => [
      { topic, customerId: SPEC_CUSTOMER },
      { topic, customerId: survivorId },
    ]);
    expect(mergeGroup.states!.changed(undefined, row)).toEqual(expected);
    expect(mergeGroup.states!.changed(row, undefined)).toEqual(expected);
  });
  it('hold another merge, when one is undone that never arrived', () => {
    const other = { ...pair, mergeId: derivedId('merge', '2') };
    given(mergeGroup, [{ type: 'CustomerAbsorbed', data: other }, released]).thenRow({ mergeId: other.mergeId });
  });
});
