import type { ComplaintAttributed, RunningDeadline } from '#contracts/complaint.events.js';
import type { Customer360 } from './customer-360.table.js';
import { appended, type Changes, given, instantInRow, type Occasion } from './row-change.js';
import type { ComplaintCase, ComplaintStatus } from './row-parts.js';

export const MOST_OPEN = 50;
export const MOST_SETTLED = 20;

export const complaints: Changes = {
  CustomerComplained: (row, { issue, severity, channel }, { at, id }) => {
    const raised = { complaintId: id, occurredAt: at, issue, severity, channel: channel ?? null };
    return opened({ ...row, complaints: row.complaints + 1 }, { ...raised, status: 'received', deadlines: {} });
  },
  ComplaintAttributed: attributed,
  ComplaintAcknowledged: (row, _, occasion) => {
    return changed(row, occasion, ({ deadlines: { acknowledgement, ...deadlines }, ...complaint }) => {
      return { ...complaint, status: complaint.status === 'received' ? 'acknowledged' : complaint.status, deadlines };
    });
  },
  ComplaintAssessed: (row, { severity }, occasion) =>
    changed(row, occasion, (complaint) => ({ ...complaint, severity })),
  ComplaintDeadlineSet: (row, data, occasion) => {
    return changed(row, occasion, (complaint) => ({
      ...complaint,
      deadlines: withDeadline(complaint.deadlines, data),
    }));
  },
  ComplaintAssigned: (row, { agentId }, occasion) => {
    return changed(row, occasion, (complaint) => ({ ...complaint, status: 'assigned', agentId }));
  },
  ComplaintWaitingOnCustomer: (row, _, occasion) => {
    return changed(row, occasion, (complaint) => {
      const { resolution, ...others } = complaint.deadlines;
      // The clock stands still; a deadline that has passed has passed.
      const deadlines = resolution?.breached ? complaint.deadlines : others;
      return { ...complaint, status: 'waitingOnCustomer', deadlines };
    });
  },
  ComplaintResumed: (row, _, occasion) => {
    return changed(row, occasion, (complaint) => {
      return { ...complaint, status: statusInWork(complaint) };
    });
  },
  ComplaintEscalated: (row, _, occasion) => {
    return changed(row, occasion, (complaint) => ({ ...complaint, status: 'escalated' }));
  },
  ComplaintSlaBreached: (row, { metric, dueAt }, occasion) => {
    return changed(row, occasion, (complaint) => {
      return { ...complaint, deadlines: withMissed(complaint.deadlines, { metric, dueAt }) };
    });
  },
  ComplaintResolved: settled,
  ComplaintClosed: settled,
  ComplaintResolutionDisputed: (row, _, occasion) => openedAgain(row, occasion, 'disputed'),
  ComplaintReopened: (row, _, occasion) => openedAgain(row, occasion, 'reopened'),
};

/** Of one that is worked on again. */
function statusInWork({ agentId, deadlines }: ComplaintCase): ComplaintStatus {
  if (agentId !== undefined) return 'assigned';
  return deadlines.acknowledgement === undefined ? 'acknowledged' : 'received';
}

/** A complaint whose customer was found later: its earlier events name nobody, so the facts come with the attribution. */
function attributed(row: Customer360, data: ComplaintAttributed, { at, id }: Occasion): Customer360 {
  const { issue = null, severity = null, channel = null, raisedAt, agentId, deadlines = [], missed = [] } = data;
  const status = data.status ?? (data.isResolved === true ? 'resolved' : 'received');
  const isSettled = status === 'resolved' || status === 'told' || status === 'closed';
  const complaint: ComplaintCase = {
    complaintId: id,
    occurredAt: raisedAt === undefined ? at : instantInRow(raisedAt),
    issue,
    severity,
    channel,
    status: isSettled ? 'resolved' : status,
    ...given({ agentId }),
    deadlines: missed.reduce(withMissed, deadlines.reduce<ComplaintCase['deadlines']>(withDeadline, {})),
  };
  const counted = { ...row, complaints: row.complaints + 1 };
  return isSettled ? settledAs(counted, complaint) : opened(counted, complaint);
}

function withDeadline(
  deadlines: ComplaintCase['deadlines'],
  { metric, dueAt }: RunningDeadline,
): ComplaintCase['deadlines'] {
  return { ...deadlines, [metric]: { dueAt } };
}

function withMissed(
  deadlines: ComplaintCase['deadlines'],
  { metric, dueAt }: RunningDeadline,
): ComplaintCase['deadlines'] {
  return { ...deadlines, [metric]: { dueAt, breached: true } };
}

function changed(row: Customer360, { id }: Occasion, change: (complaint: ComplaintCase) => ComplaintCase): Customer360 {
  if (!row.openComplaints.some(({ complaintId }) => complaintId === id)) return row;
  const openComplaints = row.openComplaints.map((complaint) =>
    complaint.complaintId === id ? change(complaint) : complaint,
  );
  return { ...row, openComplaints };
}

function opened(row: Customer360, complaint: ComplaintCase): Customer360 {
  return { ...row, openComplaints: appended(row.openComplaints, complaint, MOST_OPEN) };
}

function settledAs(row: Customer360, complaint: ComplaintCase): Customer360 {
  return { ...row, settledComplaints: appended(row.settledComplaints, complaint, MOST_SETTLED) };
}

function settled(row: Customer360, _: object, { id }: Occasion): Customer360 {
  const complaint = row.openComplaints.find(({ complaintId }) => complaintId === id);
  if (complaint === undefined) return row;
  const openComplaints = row.openComplaints.filter((open) => open !== complaint);
  return settledAs({ ...row, openComplaints }, { ...complaint, status: 'resolved', deadlines: {} });
}

function openedAgain(row: Customer360, occasion: Occasion, status: ComplaintStatus): Customer360 {
  const complaint = row.settledComplaints.find(({ complaintId }) => complaintId === occasion.id);
  if (complaint === undefined) return changed(row, occasion, (open) => ({ ...open, status }));
  const settledComplaints = row.settledComplaints.filter((other) => other !== complaint);
  return opened({ ...row, settledComplaints }, { ...complaint, status });
}
