import { compareInstants } from '../calendar.js';
import type { DecisionContext } from '../decider.js';
import { ensure, happened, isGiven, requireInOrder } from '../deciding.js';
import { statusOf } from './course.js';
import type { Decision } from './known.js';
import type { BreakPromise, KeepPromise, MakePromise } from './relationship-commands.js';
import type { CustomerState } from './state.js';

/** What the customer may count on. */
export function makePromise({ type, ...data }: MakePromise, state: CustomerState, context: DecisionContext): Decision {
  ensure(
    statusOf(state.promises, data.promiseId) === undefined,
    'conflict',
    'promise-made-once',
    `Promise ${data.promiseId} has already been made: give a new one an id of its own.`,
    'promiseId',
  );
  ensure(
    !isGiven(data.dueAt) || compareInstants(data.dueAt, context.occurredAt) > 0,
    'invalid',
    'promise-due-later',
    `The promise is made at ${context.occurredAt} and would be due at ${data.dueAt}: let it be due later.`,
    'dueAt',
  );
  return [happened('PromiseMade', data, context)];
}

/** As promised, or more than that; late or in time. */
export function keepPromise({ type, ...data }: KeepPromise, state: CustomerState, context: DecisionContext): Decision {
  requireOpen(data.promiseId, state, context);
  return [happened('PromiseKept', data, context)];
}

/** It will not be kept. */
export function breakPromise(
  { type, ...data }: BreakPromise,
  state: CustomerState,
  context: DecisionContext,
): Decision {
  requireOpen(data.promiseId, state, context);
  return [happened('PromiseBroken', data, context)];
}

/** One that has not been answered, and was made by then. */
function requireOpen(promiseId: string, { promises }: CustomerState, { occurredAt }: DecisionContext): void {
  const promise = statusOf(promises, promiseId);
  ensure(
    promise !== undefined,
    'not-found',
    'promise-not-found',
    `No promise ${promiseId} has been made to this customer.`,
    'promiseId',
  );
  ensure(
    typeof promise === 'object',
    'conflict',
    'promise-answered-once',
    `Promise ${promiseId} has already been ${promise}: make a new one instead.`,
    'promiseId',
  );
  requireInOrder(occurredAt, { instant: promise.since, what: 'the promise was made' }, 'promise-dates-in-order');
}
