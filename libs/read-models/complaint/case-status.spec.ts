import type { ComplaintEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import { folded } from '#testing/folding.js';
import { type Happening, history, SPEC_CUSTOMER } from '#testing/recorded.js';
import { customer360 } from '../customer-360/customer-360.projection.js';
import { complaint } from './complaint.projection.js';

const DUE = '2026-06-15T14:00:00Z';
const course: [ComplaintEvent, string][] = [
  [{ type: 'CustomerComplained', data: { issue: 'Late', severity: 'high', channel: 'web' } }, 'received'],
  [{ type: 'ComplaintDeadlineSet', data: { metric: 'acknowledgement', dueAt: DUE, calendarVersion: 1 } }, 'received'],
  [{ type: 'ComplaintWaitingOnCustomer', data: {} }, 'waitingOnCustomer'],
  [{ type: 'ComplaintResumed', data: {} }, 'received'],
  [{ type: 'ComplaintAcknowledged', data: {} }, 'acknowledged'],
  [{ type: 'ComplaintAssessed', data: { severity: 'low', reason: 'Small' } }, 'acknowledged'],
  [{ type: 'ComplaintWaitingOnCustomer', data: {} }, 'waitingOnCustomer'],
  [{ type: 'ComplaintResumed', data: {} }, 'acknowledged'],
  [{ type: 'ComplaintAssigned', data: { agentId: 'e-1' } }, 'assigned'],
  [{ type: 'ComplaintEscalated', data: { to: 'management', reason: 'Angry' } }, 'escalated'],
  [{ type: 'ComplaintWaitingOnCustomer', data: {} }, 'waitingOnCustomer'],
  [{ type: 'ComplaintResumed', data: {} }, 'assigned'],
  [{ type: 'ComplaintResolved', data: { outcome: 'explanation' } }, 'resolved'],
  [{ type: 'ComplaintResolutionTold', data: { channel: 'web' } }, 'told'],
  [{ type: 'ComplaintResolutionDisputed', data: {} }, 'disputed'],
  [{ type: 'ComplaintResolved', data: { outcome: 'rejected' } }, 'resolved'],
  [{ type: 'ComplaintResolutionTold', data: { channel: 'web' } }, 'told'],
  [{ type: 'ComplaintClosed', data: {} }, 'closed'],
  [{ type: 'ComplaintReopened', data: {} }, 'reopened'],
];

describe('the status of a complaint', () => {
  it('is told by one word at each step of its course, in the case and in the 360° view of the customer', () => {
    const acquired: Happening = {
      type: 'CustomerAcquired',
      data: { partyKind: 'person', roles: ['endConsumer'], channel: 'web' },
    };
    for (let steps = 1; steps <= course.length; steps += 1) {
      const [, expected] = course[steps - 1]!;
      const events = course.slice(0, steps).map(([event]) => event);
      const streamId = `complaint-${derivedId('complaint', 'spec')}`;
      const happenings = events.map((event) => ({ ...event, streamId, customerId: SPEC_CUSTOMER }) as Happening);
      const recorded = history([acquired, ...happenings]);
      const told = folded(complaint, recorded)[0]!.state.caseStatus;
      const row = folded(customer360, recorded)[0]!;
      const open = row.openComplaints.map(({ status }) => status);
      expect({ steps, told }).toEqual({ steps, told: expected });
      // The view lists what is open; what is resolved, told or closed is not.
      expect({ steps, open }).toEqual({ steps, open: ['resolved', 'told', 'closed'].includes(told) ? [] : [told] });
    }
  });
});
