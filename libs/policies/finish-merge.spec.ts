import { ToCustomer } from '#commands/handlers/customer.handler.js';
import { ToPair } from '#commands/handlers/pair.handler.js';
import { derivedId } from '#contracts/ids.js';
import { type Happening, history, SPEC_CUSTOMER } from '#testing/recorded.js';
import { finishMerge } from './finish-merge.policy.js';

const absorbedId = derivedId('customer', 'absorbed');
const pair = { mergeId: derivedId('merge', '1'), survivorId: SPEC_CUSTOMER, absorbedId };
const merged: Happening = { type: 'CustomersMerged', data: pair };
const undoing = { ...pair, reason: 'Twins' };
const unmerged: Happening = { type: 'CustomersUnmerged', data: undoing };
const released: Happening = { type: 'CustomersUnmerged', data: undoing, customerId: absorbedId };

describe('the policy that finishes merges', () => {
  it('sends a merge again under its own id', () => {
    const [command, ...more] = finishMerge.react(history([merged]));
    expect(more).toEqual([]);
    expect(command).toBeInstanceOf(ToPair);
    expect(command).toMatchObject({
      customerId: SPEC_CUSTOMER,
      otherId: absorbedId,
      about: { type: 'Merge', mergeId: pair.mergeId },
      meta: { occurredAt: '2026-06-15T10:00:00Z', decidedBy: { policy: 'finish_merge' } },
    });
  });
  it('lets go the absorbed customer of a merge that was undone on the survivor', () => {
    const [command, ...more] = finishMerge.react(history([unmerged]));
    expect(more).toEqual([]);
    expect(command).toBeInstanceOf(ToCustomer);
    expect(command).toMatchObject({ customerId: absorbedId, command: { type: 'ReleaseCustomer', ...undoing } });
  });
  it('does not begin again what is undone in the same batch', () => {
    expect(finishMerge.react(history([merged, unmerged, released])).map((command) => command.constructor)).toEqual([
      ToCustomer,
    ]);
  });
  it('makes the same commands, with the same ids, of the same events', () => {
    const events = history([merged, unmerged]);
    expect(finishMerge.react(events)).toEqual(finishMerge.react(events));
  });
  it('begins at the beginning, because a merge happens once under its id', () => {
    expect(finishMerge.startAt).toBe('beginning');
  });
});
