import type { DecisionContext } from '../decider.js';
import { ensure, happened, requireInOrder } from '../deciding.js';
import { statusOf } from './course.js';
import type { Decision } from './known.js';
import type { MeetNeed, RecordNeed, WithdrawNeed } from './relationship-commands.js';
import type { CustomerState } from './state.js';

/** What the customer wants. */
export function recordNeed({ type, ...data }: RecordNeed, state: CustomerState, context: DecisionContext): Decision {
  ensure(
    statusOf(state.needs, data.needId) === undefined,
    'conflict',
    'need-recorded-once',
    `Need ${data.needId} has already been recorded: give a new one an id of its own.`,
    'needId',
  );
  return [happened('NeedRecorded', data, context)];
}

/** They have what they wanted. */
export function meetNeed({ type, ...data }: MeetNeed, state: CustomerState, context: DecisionContext): Decision {
  requireOpen(data.needId, state, context);
  return [happened('NeedMet', data, context)];
}

/** They want it no longer. */
export function withdrawNeed(
  { type, ...data }: WithdrawNeed,
  state: CustomerState,
  context: DecisionContext,
): Decision {
  requireOpen(data.needId, state, context);
  return [happened('NeedWithdrawn', data, context)];
}

/** One that has not ended, and was there by then. */
function requireOpen(needId: string, { needs }: CustomerState, { occurredAt }: DecisionContext): void {
  const need = statusOf(needs, needId);
  ensure(need !== undefined, 'not-found', 'need-not-found', `The customer has no need ${needId}.`, 'needId');
  ensure(
    typeof need === 'object',
    'conflict',
    'need-ended-once',
    `Need ${needId} has already been ${need}: record a new one instead.`,
    'needId',
  );
  requireInOrder(occurredAt, { instant: need.since, what: 'the need was told' }, 'need-dates-in-order');
}
