import { COMPLAINT_METRICS } from '#contracts/codes.js';
import type { CustomerComplained } from '#contracts/complaint.events.js';
import type { ComplaintEvent } from '#contracts/events.js';
import { compareInstants } from '../calendar.js';
import type { Decided, DecisionContext } from '../decider.js';
import { ensure, happened, requireNotAfterBusinessDate } from '../deciding.js';
import type { ComplaintCommand, Judged, RecordCase, RecordSlaBreach } from './commands.js';
import { breach, deadlinesSet, isOfThePresent } from './deadlines.js';
import { move } from './moves.js';
import { type ComplaintState, evolve } from './state.js';

type Decision = Decided<ComplaintEvent>[];

/** The rules of a `complaint-{id}` stream (docs/complaints.md). */
export function decide(command: ComplaintCommand, state: ComplaintState, context: DecisionContext): Decision {
  requireNotAfterBusinessDate(context);
  switch (command.type) {
    case 'RaiseComplaint': {
      const { type, rules, ...data } = command;
      return raise(data, command, state, context);
    }
    case 'RecordCase':
      return recordCase(command, state, context);
    case 'RecordSlaBreach':
      return recordBreach(command, state, context);
    default:
      return move(command, state, context);
  }
}

function raise(data: CustomerComplained, judged: Judged, state: ComplaintState, context: DecisionContext): Decision {
  ensure(
    state.status === 'unknown',
    'conflict',
    'complaint-exists',
    'This complaint has already been raised: give another complaint an id of its own.',
  );
  const complained = happened('CustomerComplained', data, context);
  return [complained, ...deadlinesSet(evolve(state, complained), COMPLAINT_METRICS, judged, context)];
}

/**
 * The same decisions as one by one. Which deadlines were missed is what the source says, and nothing is concluded from
 * its dates: they are most often days without a time. What came after a missed deadline came after it had passed.
 */
function recordCase(
  { raised, moves, rules }: RecordCase & Judged,
  state: ComplaintState,
  context: DecisionContext,
): Decision {
  const events = raise(raised, { rules }, state, context);
  let after = events.reduce(evolve, state);
  let missedAt: string | undefined;
  for (const { occurredAt, ...made } of moves) {
    const isEarlier = missedAt !== undefined && compareInstants(occurredAt, missedAt) < 0;
    const at = { ...context, occurredAt: isEarlier ? missedAt! : occurredAt };
    const stated = made.type === 'StateSlaBreach';
    const decided = decide({ ...made, rules }, after, at).filter(
      ({ type }) => stated || type !== 'ComplaintSlaBreached',
    );
    if (stated) missedAt = decided[0]!.occurredAt;
    after = decided.reduce(evolve, after);
    events.push(...decided);
  }
  return events;
}

/** Only of the deadline that runs: one that was met, moved or missed before has nothing to tell. */
function recordBreach(
  { metric, dueAt, rules }: RecordSlaBreach & Judged,
  { deadlines, setBy }: ComplaintState,
  context: DecisionContext,
): Decision {
  if (deadlines[metric] !== dueAt || !isOfThePresent(dueAt, { rules }, context)) return [];
  return [breach(metric, dueAt, setBy)];
}
