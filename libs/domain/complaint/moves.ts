import { COMPLAINT_METRICS, RESOLUTION_LINES } from '#contracts/codes.js';
import type { RunningDeadline } from '#contracts/complaint.events.js';
import type { ComplaintEvent } from '#contracts/events.js';
import { type Decided, type DecisionContext, unreachable } from '../decider.js';
import { ensure, happened, isGiven, requireNotAfterBusinessDate } from '../deciding.js';
import type {
  AssessComplaint,
  AssignComplaint,
  AttributeComplaint,
  ComplaintMove,
  EscalateComplaint,
  Judged,
  ResolveComplaint,
  StateSlaBreach,
} from './commands.js';
import { breach, breachesBefore, deadlinesSet } from './deadlines.js';
import { ensureLegal } from './legal-moves.js';
import { type ComplaintState, type ComplaintStatus, evolve } from './state.js';

type Decision = Decided<ComplaintEvent>[];

const IN_WORK: readonly ComplaintStatus[] = ['open', 'waiting'];
const RESOLVED: readonly ComplaintStatus[] = ['resolved', 'told', 'closed'];

/** What becomes of a complaint that was raised: legal moves only, in the order of their dates. */
export function move(command: ComplaintMove & Judged, state: ComplaintState, context: DecisionContext): Decision {
  ensureLegal(command.type, state, context);
  switch (command.type) {
    case 'AttributeComplaint':
      return attribute(command, state, context);
    case 'AcknowledgeComplaint': {
      const { type, rules, ...data } = command;
      ensure(
        !state.acknowledged,
        'conflict',
        'complaint-acknowledged-once',
        'The complaint has been acknowledged already: once is enough until it is reopened.',
      );
      return [...breachesBefore(state, command, context), happened('ComplaintAcknowledged', data, context)];
    }
    case 'AssessComplaint':
      return assess(command, state, context);
    case 'AssignComplaint':
      return assign(command, state, context);
    case 'WaitOnCustomer': {
      const { type, rules, ...data } = command;
      return [...breachesBefore(state, command, context), happened('ComplaintWaitingOnCustomer', data, context)];
    }
    case 'ResumeComplaint': {
      const { type, rules, ...data } = command;
      const resumed = happened('ComplaintResumed', data, context);
      return [resumed, ...deadlinesSet(evolve(state, resumed), ['resolution'], command, context)];
    }
    case 'EscalateComplaint':
      return escalate(command, state, context);
    case 'ResolveComplaint':
      return resolve(command, state, context);
    case 'TellResolution': {
      const { type, rules, ...data } = command;
      return [happened('ComplaintResolutionTold', data, context)];
    }
    case 'DisputeResolution': {
      const { type, rules, ...data } = command;
      return [happened('ComplaintResolutionDisputed', data, context)];
    }
    case 'ReopenComplaint': {
      const { type, rules, ...data } = command;
      const reopened = happened('ComplaintReopened', data, context);
      return [reopened, ...deadlinesSet(evolve(state, reopened), COMPLAINT_METRICS, command, context)];
    }
    case 'CloseComplaint': {
      const { type, rules, ...data } = command;
      return [happened('ComplaintClosed', data, context)];
    }
    case 'StateSlaBreach':
      return stateBreach(command, state, context);
    default:
      return unreachable(command);
  }
}

function attribute({ customerId }: AttributeComplaint, state: ComplaintState, context: DecisionContext): Decision {
  if (state.customerId === customerId) return [];
  ensure(
    state.customerId === undefined,
    'conflict',
    'complaint-attributed-once',
    `The complaint belongs to customer ${state.customerId} already.`,
    'customerId',
  );
  const { raised, severity, caseStatus: status, assigned } = state;
  const stands = {
    severity,
    isResolved: RESOLVED.includes(state.status),
    status,
    ...(assigned && { agentId: assigned.agentId }),
    deadlines: listed(state.deadlines),
    missed: listed(missed(state)),
  };
  return [happened('ComplaintAttributed', { customerId, ...raised, ...stands }, context)];
}

/** What was to be done by deadlines that have passed, and is still to be done. */
function missed({ status, acknowledged, breached }: ComplaintState): ComplaintState['breached'] {
  if (!IN_WORK.includes(status)) return {};
  const { acknowledgement, ...resolution } = breached;
  return acknowledged ? resolution : breached;
}

function listed(deadlines: ComplaintState['deadlines']): RunningDeadline[] {
  return COMPLAINT_METRICS.flatMap((metric) => {
    const dueAt = deadlines[metric];
    return dueAt === undefined ? [] : [{ metric, dueAt }];
  });
}

function assess(command: AssessComplaint & Judged, state: ComplaintState, context: DecisionContext): Decision {
  const { type, rules, ...data } = command;
  const assessed = [...breachesBefore(state, command, context), happened('ComplaintAssessed', data, context)];
  if (data.severity === state.severity) return assessed;
  return [...assessed, ...deadlinesSet(assessed.reduce(evolve, state), COMPLAINT_METRICS, command, context)];
}

function assign(command: AssignComplaint & Judged, { assigned }: ComplaintState, context: DecisionContext): Decision {
  const { type, rules, ...data } = command;
  const isTheSame = (['agentId', 'line', 'department'] as const).every(
    (field) => (assigned?.[field] ?? undefined) === (data[field] ?? undefined),
  );
  return isTheSame ? [] : [happened('ComplaintAssigned', data, context)];
}

function escalate(command: EscalateComplaint & Judged, { line }: ComplaintState, context: DecisionContext): Decision {
  const { type, rules, ...data } = command;
  ensure(
    RESOLUTION_LINES.indexOf(data.to) > RESOLUTION_LINES.indexOf(line),
    'conflict',
    'escalation-goes-up',
    `The complaint is with the ${line} line: it is escalated to a higher one only; to hand it on, assign it.`,
    'to',
  );
  return [happened('ComplaintEscalated', data, context)];
}

function resolve(command: ResolveComplaint & Judged, state: ComplaintState, context: DecisionContext): Decision {
  const { type, rules, ...data } = command;
  const { amount, currency } = data.compensation ?? {};
  ensure(
    isGiven(amount) === isGiven(currency),
    'invalid',
    'amount-with-currency',
    'A compensation amount needs its currency, and a currency its amount: give both or neither.',
    !isGiven(amount) ? 'compensation.amount' : 'compensation.currency',
  );
  return [...breachesBefore(state, command, context), happened('ComplaintResolved', data, context)];
}

function stateBreach(
  { metric }: StateSlaBreach,
  { deadlines, setBy }: ComplaintState,
  context: DecisionContext,
): Decision {
  const dueAt = deadlines[metric];
  ensure(
    dueAt !== undefined,
    'conflict',
    'complaint-deadline-runs',
    `No deadline for the ${metric} runs that could have been missed.`,
    'metric',
  );
  requireNotAfterBusinessDate({ ...context, occurredAt: dueAt });
  return [breach(metric, dueAt, setBy)];
}
