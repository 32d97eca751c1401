import { derivedId } from '#contracts/ids.js';
import { given } from '#testing/projection-spec.js';
import { type Happening, SPEC_CUSTOMER } from '#testing/recorded.js';
import { customer360 } from './customer-360.projection.js';
import type { ComplaintCase } from './row-parts.js';

const complaintId = derivedId('complaint', '1');
const streamId = `complaint-${complaintId}`;
const dueAt = '2026-06-16T10:00:00Z';

const of = (happening: Happening): Happening => ({ streamId, ...happening });
const raised = of({
  type: 'CustomerComplained',
  data: { issue: 'Late', severity: 'high', channel: 'web' },
  occurredAt: '2026-06-15T08:00:00Z',
});
const deadline = (metric: 'acknowledgement' | 'resolution') =>
  of({ type: 'ComplaintDeadlineSet', data: { metric, dueAt, calendarVersion: 1 } });
const resolved = of({ type: 'ComplaintResolved', data: { outcome: 'explanation' } });

const open: ComplaintCase = {
  complaintId,
  occurredAt: '2026-06-15T08:00:00.000Z',
  issue: 'Late',
  severity: 'high',
  channel: 'web',
  status: 'received',
  deadlines: {},
};

function thenOpen(happenings: Happening[], ...openComplaints: ComplaintCase[]): void {
  given(customer360, happenings).thenRow({ complaints: 1, openComplaints });
}

describe('the open complaints of a customer', () => {
  it('are told with their deadlines until these are met', () => {
    const deadlines = { acknowledgement: { dueAt }, resolution: { dueAt } };
    const set = [raised, deadline('acknowledgement'), deadline('resolution')];
    thenOpen(set, { ...open, deadlines });
    thenOpen([...set, of({ type: 'ComplaintAcknowledged', data: {} })], {
      ...open,
      status: 'acknowledged',
      deadlines: { resolution: { dueAt } },
    });
  });

  it('tell a deadline that passed', () => {
    const breached = of({ type: 'ComplaintSlaBreached', data: { metric: 'resolution', dueAt } });
    thenOpen([raised, deadline('resolution'), breached], {
      ...open,
      deadlines: { resolution: { dueAt, breached: true } },
    });
  });

  it('tell who has it, what it waits for, and how severe it turned out', () => {
    const assigned = [raised, of({ type: 'ComplaintAssigned', data: { agentId: 'mai' } })];
    thenOpen(assigned, { ...open, status: 'assigned', agentId: 'mai' });
    const waiting = [...assigned, of({ type: 'ComplaintWaitingOnCustomer', data: {} })];
    thenOpen(waiting, { ...open, status: 'waitingOnCustomer', agentId: 'mai' });
    thenOpen([...waiting, of({ type: 'ComplaintResumed', data: {} })], { ...open, status: 'assigned', agentId: 'mai' });
    thenOpen([raised, of({ type: 'ComplaintEscalated', data: { to: 'management', reason: 'press' } })], {
      ...open,
      status: 'escalated',
    });
    thenOpen([raised, of({ type: 'ComplaintAssessed', data: { severity: 'low', reason: 'one day' } })], {
      ...open,
      severity: 'low',
    });
  });

  it('end with the resolution, and are open again when it is disputed or reopened', () => {
    thenOpen([raised, deadline('resolution'), resolved]);
    thenOpen([raised, resolved, of({ type: 'ComplaintClosed', data: {} })]);
    thenOpen([raised, resolved, of({ type: 'ComplaintResolutionDisputed', data: {} })], {
      ...open,
      status: 'disputed',
    });
    thenOpen([raised, resolved, of({ type: 'ComplaintReopened', data: {} })], { ...open, status: 'reopened' });
  });

  it('hold one that was attributed later, as it stands then', () => {
    const facts = { issue: 'Late', severity: 'high', channel: 'web', raisedAt: '2026-06-15T08:00:00Z' } as const;
    const attributed = (more: object): Happening => {
      return of({ type: 'ComplaintAttributed', data: { customerId: SPEC_CUSTOMER, ...more } });
    };
    const deadlines = [{ metric: 'resolution', dueAt, calendarVersion: 1 }];
    thenOpen([attributed({ ...facts, deadlines })], { ...open, deadlines: { resolution: { dueAt } } });
    thenOpen([attributed({ ...facts, isResolved: true })]);
    thenOpen([attributed({ ...facts, isResolved: true }), of({ type: 'ComplaintReopened', data: {} })], {
      ...open,
      status: 'reopened',
    });
    thenOpen([attributed({})], {
      ...open,
      occurredAt: '2026-06-15T10:00:00.000Z',
      issue: null,
      severity: null,
      channel: null,
    });
  });
});
