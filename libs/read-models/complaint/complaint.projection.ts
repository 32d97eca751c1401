import type { ComplaintMetric } from '#contracts/codes.js';
import { type ComplaintEvent, eventDeclarations, idInStream, streamCategories } from '#contracts/events.js';
import { without } from '#contracts/paths.js';
import { personalPathsOf } from '#contracts/personal-data.js';
import { complaint as decider } from '#domain/complaint/complaint.decider.js';
import type { Projection, RecordedEvent } from '#processing/projection.js';
import { Complaint, type CourseEntry, type ShownDeadline } from './complaint.table.js';

type OfComplaint = RecordedEvent & ComplaintEvent;

export const complaint: Projection<Complaint> = {
  name: 'complaint',
  version: 1,
  table: Complaint,
  key: (event) => (isOfComplaint(event) ? idInStream(event.streamId) : undefined),
  evolve: (row, event) => {
    if (!isOfComplaint(event)) return row;
    const after = change(row, event);
    return after && { ...after, ...common(after, event), position: Number(event.position) };
  },
};

function isOfComplaint(event: RecordedEvent): event is OfComplaint {
  return event.type in streamCategories.complaint;
}

/** What every event brings: the domain's state, what of it is shown, and the next entry of the course. */
function common(row: Complaint, event: OfComplaint): Pick<Complaint, 'state' | 'customerId' | 'severity' | 'course'> {
  const { eventId, metadata } = event;
  const state = decider.evolve(row.state, { ...event, eventId, occurredAt: metadata.occurredAt });
  const { customerId = null, severity } = state;
  return { state, customerId, severity: severity!, course: [...row.course, entryOf(event)] };
}

function entryOf({ eventId, type, data, sealed, recordedAt, metadata }: OfComplaint): CourseEntry {
  const { occurredAt, actor, reason } = metadata;
  // Never in clear: a key that is destroyed has to be enough.
  const kept = sealed ?? without(data, personalPathsOf(eventDeclarations.get(type)!.data));
  return { eventId, type, data: kept, occurredAt, recordedAt, actor, ...(reason !== undefined && { reason }) };
}

/** What the event changes of what the domain does not hold. */
function change(row: Complaint | undefined, event: OfComplaint): Complaint | undefined {
  if (event.type === 'CustomerComplained') return raised(event);
  if (row === undefined) return undefined;
  const { occurredAt } = event.metadata;
  switch (event.type) {
    case 'ComplaintDeadlineSet': {
      const others = row.deadlines.filter(({ metric }) => metric !== event.data.metric);
      return { ...row, deadlines: [...others, { ...event.data, state: 'running' }] };
    }
    case 'ComplaintAcknowledged':
      return { ...row, deadlines: ended(row, 'met', 'acknowledgement') };
    case 'ComplaintWaitingOnCustomer':
      return { ...row, deadlines: ended(row, 'stopped', 'resolution') };
    case 'ComplaintResolved':
      return {
        ...row,
        deadlines: ended(row, 'met', 'acknowledgement', 'resolution'),
        resolution: { ...event.data, resolvedAt: occurredAt },
      };
    case 'ComplaintResolutionTold':
      return { ...row, resolution: { ...row.resolution!, toldAt: occurredAt } };
    case 'ComplaintReopened':
      return { ...row, opening: row.opening + 1, deadlines: [], resolution: null };
    case 'ComplaintSlaBreached': {
      const { metric, dueAt } = event.data;
      const breaches = [...row.breaches, { metric, dueAt, opening: row.opening }];
      return { ...row, deadlines: ended(row, 'missed', metric), breaches };
    }
    default:
      return row;
  }
}

function raised(event: Extract<OfComplaint, { type: 'CustomerComplained' }>): Complaint {
  const { data, streamId, metadata, position } = event;
  return {
    complaintId: idInStream(streamId),
    customerId: data.customerId ?? null,
    externalId: data.externalId ?? null,
    purchaseId: data.purchaseId ?? null,
    interactionId: data.interactionId ?? null,
    product: data.product ?? null,
    issue: data.issue,
    subIssue: data.subIssue ?? null,
    severity: data.severity,
    channel: data.channel,
    raisedAt: metadata.occurredAt,
    opening: 1,
    deadlines: [],
    breaches: [],
    resolution: null,
    course: [],
    state: decider.initial,
    position: Number(position),
  };
}

/** Those that ran, or stood still, and have come to this. */
function ended(row: Complaint, state: ShownDeadline['state'], ...metrics: ComplaintMetric[]): ShownDeadline[] {
  return row.deadlines.map((deadline) =>
    metrics.includes(deadline.metric) && ['running', 'stopped'].includes(deadline.state)
      ? { ...deadline, state }
      : deadline,
  );
}
