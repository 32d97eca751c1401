/** How far a complaint has come, in the words in which the 360° view tells of the open ones too. */
export const CASE_STATUSES = [
  'received',
  'acknowledged',
  'assigned',
  'waitingOnCustomer',
  'escalated',
  'resolved',
  'told',
  'disputed',
  'closed',
  'reopened',
] as const;
export type CaseStatus = (typeof CASE_STATUSES)[number];

/** What the case is called from an event on, until the next one that says anything else. */
const SAID_BY: Readonly<Record<string, CaseStatus>> = {
  CustomerComplained: 'received',
  ComplaintAssigned: 'assigned',
  ComplaintWaitingOnCustomer: 'waitingOnCustomer',
  ComplaintEscalated: 'escalated',
  ComplaintResolved: 'resolved',
  ComplaintResolutionTold: 'told',
  ComplaintResolutionDisputed: 'disputed',
  ComplaintReopened: 'reopened',
  ComplaintClosed: 'closed',
};

/** The status after a course of events, their types in the order recorded. */
export function statusAfter(course: readonly { type: string }[]): CaseStatus {
  let status: CaseStatus = 'received';
  const had = new Set<string>();
  for (const { type } of course) {
    had.add(type);
    if (type === 'ComplaintAcknowledged') status = status === 'received' ? 'acknowledged' : status;
    // Back to where it was before the customer was waited for.
    else if (type === 'ComplaintResumed') status = inWork(had);
    else status = SAID_BY[type] ?? status;
  }
  return status;
}

function inWork(had: ReadonlySet<string>): CaseStatus {
  if (had.has('ComplaintAssigned')) return 'assigned';
  return had.has('ComplaintAcknowledged') ? 'acknowledged' : 'received';
}
