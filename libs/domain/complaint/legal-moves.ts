import { compareInstants } from '../calendar.js';
import type { DecisionContext } from '../decider.js';
import { ensure } from '../deciding.js';
import type { ComplaintMove } from './commands.js';
import type { ComplaintState, ComplaintStatus } from './state.js';

/** From which states a move may be made, and which rule says so. */
interface Legal {
  from: readonly ComplaintStatus[];
  rule: string;
  message: string;
  /** It begins a new state, so it happens no earlier than the present one began. */
  moves: boolean;
}

const IN_WORK = {
  from: ['open', 'waiting'],
  rule: 'complaint-open',
  message: 'Only an open complaint can be: reopen it first.',
} as const satisfies Omit<Legal, 'moves'>;
const RAISED = {
  from: ['open', 'waiting', 'resolved', 'told', 'disputed', 'closed'],
  rule: 'complaint-not-found',
  message: '',
} as const;

const LEGAL: Record<ComplaintMove['type'], Legal> = {
  AttributeComplaint: { ...RAISED, moves: false },
  AcknowledgeComplaint: { ...IN_WORK, moves: false },
  AssessComplaint: { ...IN_WORK, moves: false },
  AssignComplaint: { ...IN_WORK, moves: false },
  EscalateComplaint: { ...IN_WORK, moves: false },
  WaitOnCustomer: {
    from: ['open'],
    rule: 'complaint-open',
    message: 'Only work that goes on can wait for the customer.',
    moves: true,
  },
  ResumeComplaint: {
    from: ['waiting'],
    rule: 'complaint-waiting',
    message: 'Only a complaint that waits for the customer can be resumed.',
    moves: true,
  },
  ResolveComplaint: { ...IN_WORK, moves: true },
  TellResolution: {
    from: ['resolved'],
    rule: 'resolution-to-tell',
    message: 'Only a resolution that was made and has not been told yet can be told: resolve it first.',
    moves: true,
  },
  DisputeResolution: {
    from: ['told'],
    rule: 'resolution-told',
    message: 'Only a resolution that was told can be disputed: tell it first.',
    moves: true,
  },
  ReopenComplaint: {
    from: ['resolved', 'told', 'disputed', 'closed'],
    rule: 'complaint-settled',
    message: 'Only a complaint that was resolved can be reopened: this one is open.',
    moves: true,
  },
  CloseComplaint: {
    from: ['told', 'disputed'],
    rule: 'resolution-told',
    message: 'Closing needs a resolution that was told: resolve it and tell the customer first.',
    moves: true,
  },
  StateSlaBreach: { ...IN_WORK, moves: false },
};

/** @throws RuleViolation unless the complaint is in a state from which the move leads on, and its date comes after. */
export function ensureLegal(
  type: ComplaintMove['type'],
  { status, since, openedAt }: ComplaintState,
  { occurredAt }: DecisionContext,
): void {
  const { from, rule, message, moves } = LEGAL[type];
  ensure(status !== 'unknown', 'not-found', 'complaint-not-found', 'There is no such complaint: raise it first.');
  ensure(from.includes(status), 'conflict', rule, `The complaint is ${status}. ${message}`);
  const [earliest, what] = moves && status !== 'open' ? [since, status] : [moves ? since : openedAt, 'open'];
  ensure(
    compareInstants(occurredAt, earliest) >= 0,
    'invalid',
    'complaint-dates-in-order',
    `${occurredAt} is before ${earliest}, when the complaint became ${what}: tell when it really happened.`,
    'occurredAt',
  );
}
