import type { CustomerEvent } from '#contracts/events.js';
import type { Decided } from '../decider.js';
import { ensure } from '../deciding.js';
import type { CustomerState } from './state.js';

/** What a command to a `customer-{id}` stream brings about. */
export type Decision = Decided<CustomerEvent>[];

/** @throws RuleViolation unless the stream is a prospect's or a customer's. */
export function known(state: CustomerState): CustomerState {
  ensure(
    state.status !== 'claimed',
    'not-found',
    'customer-not-found',
    `This is an identity of customer ${state.claimedBy}: send the command there.`,
  );
  ensure(
    state.status !== 'unknown',
    'not-found',
    'customer-not-found',
    'There is no such customer: acquire them first.',
  );
  return state;
}

/** @throws RuleViolation unless the stream is a customer's: a prospect is none yet. */
export function acquired(state: CustomerState): CustomerState {
  ensure(
    known(state).status === 'acquired',
    'conflict',
    'customer-acquired',
    'This is a prospect: acquire them first.',
  );
  return state;
}
