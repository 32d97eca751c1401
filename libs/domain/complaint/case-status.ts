import type { CaseStatus } from '#contracts/codes.js';
import type { ComplaintEvent } from '#contracts/events.js';

/** What the case is called from an event on, until the next one that says anything else. */
const SAID_BY: { readonly [Type in ComplaintEvent['type']]?: CaseStatus } = {
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

/** What of a complaint's state its word depends on. */
interface Before {
  caseStatus: CaseStatus;
  assigned?: object;
  acknowledged: boolean;
}

/** What a complaint in this state is called after an event of the type. */
export function caseStatusAfter(before: Before, type: ComplaintEvent['type']): CaseStatus {
  const { caseStatus } = before;
  if (type === 'ComplaintAcknowledged') return caseStatus === 'received' ? 'acknowledged' : caseStatus;
  return type === 'ComplaintResumed' ? inWork(before) : (SAID_BY[type] ?? caseStatus);
}

/** Back to where it was before the customer was waited for. */
function inWork({ assigned, acknowledged }: Before): CaseStatus {
  if (assigned !== undefined) return 'assigned';
  return acknowledged ? 'acknowledged' : 'received';
}
