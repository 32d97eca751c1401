import type { ComplaintEvent } from '#contracts/events.js';
import { type Decided, type DecisionContext, unreachable } from '../decider.js';
import { ensure, happened, isGiven, requireNotAfterBusinessDate } from '../deciding.js';
import type { ComplaintCommand, RaiseComplaint, RecordSlaBreach, ResolveComplaint } from './commands.js';
import type { ComplaintState } from './state.js';

type Decision = Decided<ComplaintEvent>[];

/** The rules of a `complaint-{id}` stream: legal moves only. */
export function decide(command: ComplaintCommand, state: ComplaintState, context: DecisionContext): Decision {
  requireNotAfterBusinessDate(context);
  switch (command.type) {
    case 'RaiseComplaint':
      return raise(command, state, context);
    case 'ResolveComplaint':
      return resolve(command, state, context);
    case 'RecordSlaBreach':
      return recordBreach(command, state, context);
    default:
      return unreachable(command);
  }
}

function raise({ type, ...data }: RaiseComplaint, state: ComplaintState, context: DecisionContext): Decision {
  ensure(
    state.status === 'unknown',
    'conflict',
    'complaint-exists',
    'This complaint has already been raised: give another complaint an id of its own.',
  );
  return [happened('CustomerComplained', data, context)];
}

function resolve({ type, ...data }: ResolveComplaint, state: ComplaintState, context: DecisionContext): Decision {
  ensure(state.status !== 'unknown', 'not-found', 'complaint-not-found', 'There is no such complaint: raise it first.');
  ensure(
    state.status === 'open',
    'conflict',
    'complaint-open',
    'The complaint has already been resolved: only an open one can be.',
  );
  const { amount, currency } = data.compensation ?? {};
  ensure(
    isGiven(amount) === isGiven(currency),
    'invalid',
    'amount-with-currency',
    'A compensation amount needs its currency, and a currency its amount: give both or neither.',
    !isGiven(amount) ? 'compensation.amount' : 'compensation.currency',
  );
  return [happened('ComplaintResolved', data, context)];
}

function recordBreach({ type, ...data }: RecordSlaBreach, state: ComplaintState, context: DecisionContext): Decision {
  return state.status === 'open' ? [happened('ComplaintSlaBreached', data, context)] : [];
}
