import type { ComplaintEvent } from '#contracts/events.js';
import { type Happened, unreachable } from '../decider.js';
import { isGiven } from '../deciding.js';

/** What the commands of a `complaint-{id}` stream need to know. Plain JSON: it is cached and put into snapshots. */
export interface ComplaintState {
  status: 'unknown' | 'open' | 'resolved';
  customerId?: string;
}

export const noComplaint: ComplaintState = { status: 'unknown' };

export function evolve(state: ComplaintState, event: Happened<ComplaintEvent>): ComplaintState {
  switch (event.type) {
    case 'CustomerComplained': {
      const { customerId } = event.data;
      return { ...state, status: 'open', ...(isGiven(customerId) ? { customerId } : {}) };
    }
    case 'ComplaintResolved':
      return { ...state, status: 'resolved' };
    case 'ComplaintAttributed':
    case 'ComplaintAcknowledged':
    case 'ComplaintAssessed':
    case 'ComplaintDeadlineSet':
    case 'ComplaintAssigned':
    case 'ComplaintWaitingOnCustomer':
    case 'ComplaintResumed':
    case 'ComplaintEscalated':
    case 'ComplaintResolutionTold':
    case 'ComplaintResolutionDisputed':
    case 'ComplaintReopened':
    case 'ComplaintClosed':
    case 'ComplaintSlaBreached':
      return state;
    default:
      return unreachable(event);
  }
}
