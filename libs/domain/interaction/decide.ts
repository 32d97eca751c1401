import type { InteractionEvent } from '#contracts/events.js';
import { compareInstants } from '../calendar.js';
import { type Decided, type DecisionContext, unreachable } from '../decider.js';
import { ensure, happened, isGiven, requireNotAfterBusinessDate } from '../deciding.js';
import type { AttributeInteraction, InteractionCommand, RecordInteraction } from './commands.js';
import type { InteractionState } from './state.js';

type Decision = Decided<InteractionEvent>[];

/** The rules of an `interaction-{id}` stream. */
export function decide(command: InteractionCommand, state: InteractionState, context: DecisionContext): Decision {
  requireNotAfterBusinessDate(context);
  switch (command.type) {
    case 'RecordInteraction':
      return record(command, state, context);
    case 'AttributeInteraction':
      return attribute(command, state, context);
    default:
      return unreachable(command);
  }
}

function record({ type, ...data }: RecordInteraction, state: InteractionState, context: DecisionContext): Decision {
  ensure(
    state.status === 'unknown',
    'conflict',
    'interaction-exists',
    'This interaction has already been recorded: give another one an id of its own.',
  );
  const { startedAt, answeredAt, endedAt } = data;
  for (const field of ['startedAt', 'answeredAt', 'endedAt'] as const) {
    const at = data[field];
    if (isGiven(at)) requireNotAfter(field, at, context);
  }
  ensure(
    !isGiven(endedAt) || compareInstants(endedAt, startedAt) >= 0,
    'invalid',
    'interaction-ends-after-start',
    `The interaction started at ${startedAt} and cannot have ended at ${endedAt}: let it end then or later.`,
    'endedAt',
  );
  ensure(
    !isGiven(answeredAt) || isBetween(answeredAt, startedAt, endedAt),
    'invalid',
    'interaction-answered-between',
    `The interaction lasted from ${startedAt} to ${endedAt ?? 'the present'}: let it be answered in between, not at ${answeredAt}.`,
    'answeredAt',
  );
  return [happened('InteractionRecorded', data, context)];
}

/** Attributed once: to the same customer again is nothing new, to another one is refused. */
function attribute({ customerId }: AttributeInteraction, state: InteractionState, context: DecisionContext): Decision {
  ensure(
    state.status === 'recorded',
    'not-found',
    'interaction-not-found',
    'There is no such interaction: record it first.',
  );
  if (state.customerId === customerId) return [];
  ensure(
    state.customerId === undefined,
    'conflict',
    'interaction-attributed-once',
    `The interaction belongs to customer ${state.customerId}: it cannot become another one's.`,
    'customerId',
  );
  return [happened('InteractionAttributed', { customerId, ...state.recorded }, context)];
}

function requireNotAfter(field: string, at: string, { businessDate }: DecisionContext): void {
  ensure(
    at.slice(0, 10) <= businessDate,
    'invalid',
    'not-after-business-date',
    `${at} is after the business date ${businessDate}: only what has happened can be recorded.`,
    field,
  );
}

function isBetween(at: string, from: string, to: string | null | undefined): boolean {
  return compareInstants(at, from) >= 0 && (!isGiven(to) || compareInstants(at, to) <= 0);
}
