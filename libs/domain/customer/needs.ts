import type { DecisionContext } from '../decider.js';
import { ensure, happened } from '../deciding.js';
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
  requireOpen(data.needId, state);
  return [happened('NeedMet', data, context)];
}

/** They want it no longer. */
export function withdrawNeed(
  { type, ...data }: WithdrawNeed,
  state: CustomerState,
  context: DecisionContext,
): Decision {
  requireOpen(data.needId, state);
  return [happened('NeedWithdrawn', data, context)];
}

function requireOpen(needId: string, { needs }: CustomerState): void {
  const need = statusOf(needs, needId);
  ensure(need !== undefined, 'not-found', 'need-not-found', `The customer has no need ${needId}.`, 'needId');
  ensure(
    need === 'open',
    'conflict',
    'need-ended-once',
    `Need ${needId} has already been ${need}: record a new one instead.`,
    'needId',
  );
}
