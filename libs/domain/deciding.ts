import type { EventBody } from '#contracts/envelope.js';
import { compareInstants } from './calendar.js';
import { type Decided, type DecisionContext, RuleViolation, type ViolationKind } from './decider.js';

/** The event that a command brings about. It happened when what the command tells of happened. */
export function happened<Type extends string, Data extends object>(
  type: Type,
  data: Data,
  context: DecisionContext,
): Decided<EventBody<Type, Data>> {
  return { type, data, occurredAt: context.occurredAt };
}

/** @throws RuleViolation unless the rule holds. */
export function ensure(
  holds: boolean,
  kind: ViolationKind,
  rule: string,
  message: string,
  field?: string,
): asserts holds {
  if (!holds) throw new RuleViolation(kind, rule, message, field);
}

/** Only what has happened can be recorded. Both days are told in UTC. */
export function requireNotAfterBusinessDate({ occurredAt, businessDate }: DecisionContext): void {
  ensure(
    occurredAt.slice(0, 10) <= businessDate,
    'invalid',
    'not-after-business-date',
    `${occurredAt} is after the business date ${businessDate}: only what has happened can be recorded.`,
    'occurredAt',
  );
}

/** What follows something happened no earlier than that. */
export function requireInOrder(
  instant: string,
  before: { instant: string; what: string },
  rule: string,
  field = 'occurredAt',
): void {
  ensure(
    compareInstants(instant, before.instant) >= 0,
    'invalid',
    rule,
    `${instant} is before ${before.instant}, when ${before.what}: tell when it really happened.`,
    field,
  );
}

/** Whether an optional field is there: at the edge, `null` counts as left out. */
export function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== undefined && value !== null;
}
