import type { CaseStatus, Channel, ComplaintMetric, ResolutionLine, Severity } from '#contracts/codes.js';
import type { ComplaintAssigned } from '#contracts/complaint.events.js';
import type { ComplaintEvent } from '#contracts/events.js';
import { type Happened, unreachable } from '../decider.js';
import { isGiven } from '../deciding.js';
import { caseStatusAfter } from './case-status.js';

export type ComplaintStatus = 'unknown' | 'open' | 'waiting' | 'resolved' | 'told' | 'disputed' | 'closed';

/** What the commands of a `complaint-{id}` stream need to know. Plain JSON: it is cached and put into snapshots. */
export interface ComplaintState {
  status: ComplaintStatus;
  /** When the status began. */
  since: string;
  /** What is shown of it: besides the status, how far the work on it has come. */
  caseStatus: CaseStatus;
  customerId?: string;
  /** What was said when it was raised, until its customer is known: an attribution says it again. */
  raised?: { issue: string; channel: Channel; raisedAt: string };
  severity?: Severity;
  assigned?: ComplaintAssigned;
  /** Who deals with it at present. */
  line: ResolutionLine;
  /** Of the present opening: it is opened when it is raised, and again each time it is reopened. */
  openedAt: string;
  acknowledged: boolean;
  /** When the clock of the resolution deadline ran; the last span has no end while it runs. */
  running: { from: string; to?: string }[];
  /** The deadlines that run, met and missed ones no more. */
  deadlines: { [Metric in ComplaintMetric]?: string };
  /** The version of the rules that each deadline was last set by. */
  setBy: { [Metric in ComplaintMetric]?: number };
  /** The deadlines of the present opening that were missed, whatever came afterwards. */
  breached: { [Metric in ComplaintMetric]?: string };
}

export const noComplaint: ComplaintState = {
  status: 'unknown',
  since: '',
  caseStatus: 'received',
  line: 'front',
  openedAt: '',
  acknowledged: false,
  running: [],
  deadlines: {},
  setBy: {},
  breached: {},
};

/** What `evolve` needs of an event: neither its id nor its place. */
export type ComplaintHappened = Omit<Happened<ComplaintEvent>, keyof ComplaintEvent | 'eventId'> & ComplaintEvent;

export function evolve(state: ComplaintState, event: ComplaintHappened): ComplaintState {
  return { ...changed(state, event), caseStatus: caseStatusAfter(state, event.type) };
}

function changed(state: ComplaintState, event: ComplaintHappened): ComplaintState {
  const { occurredAt } = event;
  switch (event.type) {
    case 'CustomerComplained': {
      const { customerId, severity, issue, channel } = event.data;
      const whose = isGiven(customerId) ? { customerId } : { raised: { issue, channel, raisedAt: occurredAt } };
      return { ...opened(state, occurredAt), severity, ...whose };
    }
    case 'ComplaintAttributed': {
      const { raised: _, ...rest } = state;
      return { ...rest, customerId: event.data.customerId };
    }
    case 'ComplaintAcknowledged':
      return { ...state, acknowledged: true, deadlines: without(state.deadlines, 'acknowledgement') };
    case 'ComplaintAssessed':
      return { ...state, severity: event.data.severity };
    case 'ComplaintDeadlineSet': {
      const { metric, dueAt, calendarVersion } = event.data;
      const setBy = { ...state.setBy, [metric]: calendarVersion };
      return { ...state, deadlines: { ...state.deadlines, [metric]: dueAt }, setBy };
    }
    case 'ComplaintAssigned': {
      const { line } = event.data;
      return { ...state, assigned: event.data, line: isGiven(line) ? line : state.line };
    }
    case 'ComplaintWaitingOnCustomer':
      return {
        ...state,
        status: 'waiting',
        since: occurredAt,
        running: stopped(state.running, occurredAt),
        deadlines: without(state.deadlines, 'resolution'),
      };
    case 'ComplaintResumed':
      return { ...state, status: 'open', since: occurredAt, running: [...state.running, { from: occurredAt }] };
    case 'ComplaintEscalated':
      return { ...state, line: event.data.to };
    case 'ComplaintResolved':
      return { ...state, status: 'resolved', since: occurredAt, running: [], deadlines: {} };
    case 'ComplaintResolutionTold':
      return { ...state, status: 'told', since: occurredAt };
    case 'ComplaintResolutionDisputed':
      return { ...state, status: 'disputed', since: occurredAt };
    case 'ComplaintReopened':
      return opened(state, occurredAt);
    case 'ComplaintClosed':
      return { ...state, status: 'closed', since: occurredAt };
    case 'ComplaintSlaBreached': {
      const { metric, dueAt } = event.data;
      return {
        ...state,
        breached: { ...state.breached, [metric]: dueAt },
        deadlines: without(state.deadlines, metric),
      };
    }
    default:
      return unreachable(event);
  }
}

function opened(state: ComplaintState, at: string): ComplaintState {
  return {
    ...state,
    status: 'open',
    since: at,
    openedAt: at,
    acknowledged: false,
    running: [{ from: at }],
    deadlines: {},
    breached: {},
  };
}

function stopped(running: ComplaintState['running'], at: string): ComplaintState['running'] {
  return running.map((span) => (span.to === undefined ? { ...span, to: at } : span));
}

function without(deadlines: ComplaintState['deadlines'], metric: ComplaintMetric): ComplaintState['deadlines'] {
  const { [metric]: _, ...others } = deadlines;
  return others;
}
