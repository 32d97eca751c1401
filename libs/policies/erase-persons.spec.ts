import { DestroyPersonKeys } from '#commands/handlers/erasure.handler.js';
import { newId } from '#contracts/ids.js';
import { history, SPEC_CUSTOMER } from '#testing/recorded.js';
import { erasePersons } from './erase-persons.policy.js';

describe('the policy that destroys keys', () => {
  it('names who was erased, and which streams turned out to be of whom', () => {
    const complaintId = newId();
    const events = history([
      { type: 'ComplaintAttributed', data: { customerId: SPEC_CUSTOMER }, streamId: `complaint-${complaintId}` },
      { type: 'CustomerErased', data: { reason: 'asked for' } },
    ]);
    expect(erasePersons.react(events)).toEqual([
      new DestroyPersonKeys([SPEC_CUSTOMER], [{ person: `complaint-${complaintId}`, customerId: SPEC_CUSTOMER }]),
    ]);
  });

  it('does nothing about anything else', () => {
    expect(erasePersons.react(history([{ type: 'ProfileUpdated', data: { name: 'Hoa' } }]))).toEqual([]);
  });
});
