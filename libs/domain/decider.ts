import type { EventBody } from '#contracts/envelope.js';

/** What `evolve` may see of an event: no clock, no position, so that a replay is exact. */
export type Happened<Event extends EventBody> = Event & { eventId: string; occurredAt: string };

/** An event that `decide` has decided on. Id, actor and the rest of the envelope are added when it is appended. */
export type Decided<Event extends EventBody> = Event & {
  occurredAt: string;
  /** The event that brought it about, where that is not the command itself. */
  causationId?: string;
  /** The version of the published rules that decided it, where they did. */
  rulesVersion?: number;
};

export interface DecisionContext {
  /** When what the command tells of happened, RFC 3339 UTC. */
  occurredAt: string;
  /** Today for rules, policies and timers: `YYYY-MM-DD`. */
  businessDate: string;
}

/** One aggregate: pure functions, no clock, no I/O. */
export interface Decider<State, Command, Event extends EventBody> {
  initial: State;
  /**
   * Events whose command made the record, besides the first of the stream, as when a prospect becomes a customer: the
   * same content once more is the same record.
   */
  making?: ReadonlySet<Event['type']>;
  evolve(state: State, event: Happened<Event>): State;
  /** @throws RuleViolation when a rule of the business forbids it. An empty answer means: nothing to do. */
  decide(command: Command, state: State, context: DecisionContext): Decided<Event>[];
}

/** `not-found`: what the command is about does not exist. `conflict`: it is in another state. `invalid`: never possible. */
export type ViolationKind = 'not-found' | 'conflict' | 'invalid';

/** A rule of the business forbids what was asked. */
export class RuleViolation extends Error {
  constructor(
    readonly kind: ViolationKind,
    /** Stable name of the rule, kebab-case: `purchase-totals-reconcile`. */
    readonly rule: string,
    message: string,
    /** Path of the field that broke the rule, where one did. */
    readonly field?: string,
  ) {
    super(message);
    this.name = 'RuleViolation';
  }
}

/** Makes a `switch` that forgets a member fail to compile. */
export function unreachable(value: never): never {
  throw new Error(`No case for ${JSON.stringify(value)}`);
}
