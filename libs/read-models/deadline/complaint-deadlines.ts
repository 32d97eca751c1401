import type { ComplaintMetric } from '#contracts/codes.js';
import type { DeadlineKind } from '#domain/deadline.js';
import { type DeadlineRule, withDeadline, withoutDeadline } from './deadline.js';

const KINDS: Record<ComplaintMetric, DeadlineKind> = {
  acknowledgement: 'complaintAcknowledgement',
  resolution: 'complaintResolution',
};

/** The deadlines of a complaint, as its events set, meet, stop and miss them. */
export const complaintDeadlines: DeadlineRule = (deadlines, event) => {
  switch (event.type) {
    case 'ComplaintDeadlineSet': {
      const { metric, dueAt } = event.data;
      return withDeadline(deadlines, event, { kind: KINDS[metric], dueAt });
    }
    case 'ComplaintAcknowledged':
      return withoutDeadline(deadlines, KINDS.acknowledgement);
    case 'ComplaintWaitingOnCustomer':
      return withoutDeadline(deadlines, KINDS.resolution);
    case 'ComplaintResolved':
      return withoutDeadline(withoutDeadline(deadlines, KINDS.acknowledgement), KINDS.resolution);
    case 'ComplaintSlaBreached':
      return withoutDeadline(deadlines, KINDS[event.data.metric]);
    default:
      return deadlines;
  }
};
