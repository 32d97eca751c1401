import type { EventBody } from '#contracts/envelope.js';
import { eventDeclarations } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import { parse } from '#contracts/validation.js';
import {
  type Decided,
  type Decider,
  type DecisionContext,
  type Happened,
  RuleViolation,
  type ViolationKind,
} from '#domain/decider.js';

/** An event that has happened. What a spec does not care about is filled in: the n-th event has the id `givenId(n)`. */
export type Given<Event extends EventBody> = Event & { eventId?: string; occurredAt?: string };

/**
 * An event expected. Without `occurredAt` it is the context's; without `causationId` there may be none; without
 * `rulesVersion` it does not matter.
 */
export type Expected<Event extends EventBody> = Event & {
  occurredAt?: string;
  causationId?: string;
  rulesVersion?: number;
};

/** When everything happens in a spec that does not say. */
export const SPEC_TIME = '2026-06-15T10:00:00Z';

/** The id of the n-th given event, from 0, where the spec gives none. */
export function givenId(index: number): string {
  return derivedId('given', String(index));
}

/**
 * A decider's spec: `given(customer, [acquired]).when({ type: 'RetainCustomer', … }).thenRefused('…')`.
 *
 * Beside what is asked, every spec checks what holds of any decider: neither `evolve` nor `decide` changes what it was
 * given, the state survives JSON, and each decided event passes its declaration and can be folded.
 */
export function given<State, Command, Event extends EventBody>(
  decider: Decider<State, Command, Event>,
  events: Given<Event>[] = [],
) {
  return {
    /** Without a business date, it is the day on which the command's facts happened, in UTC. */
    when(command: Command, context: Partial<DecisionContext> = {}) {
      const occurredAt = context.occurredAt ?? SPEC_TIME;
      const full = { occurredAt, businessDate: context.businessDate ?? occurredAt.slice(0, 10) };
      const state = events.reduce((state, event, index) => {
        const happened: Happened<Event> = {
          ...event,
          eventId: event.eventId ?? givenId(index),
          occurredAt: event.occurredAt ?? SPEC_TIME,
        };
        return decider.evolve(frozen(state), frozen(happened));
      }, decider.initial);
      expect(JSON.parse(JSON.stringify(state))).toEqual(state);
      return outcome(decider, frozen(state), frozen(command), full);
    },
  };
}

function outcome<State, Command, Event extends EventBody>(
  decider: Decider<State, Command, Event>,
  state: State,
  command: Command,
  context: DecisionContext,
) {
  return {
    /** The command is accepted and brings about these events, in this order. */
    // biome-ignore lint/suspicious/noThenProperty: given/when/then reads best, and nobody awaits a spec
    then(expected: Expected<Event>[]): void {
      const decided = decider.decide(command, state, context);
      const asked = decided.map(({ rulesVersion, ...event }, index) =>
        expected[index]?.rulesVersion === undefined ? event : { ...event, rulesVersion },
      );
      expect(asked.map(plain)).toEqual(expected.map((event) => plain({ occurredAt: context.occurredAt, ...event })));
      ensureSound(decider, state, decided);
    },
    /** The command is accepted, and there is nothing to do. */
    thenNothing(): void {
      expect(decider.decide(command, state, context)).toEqual([]);
    },
    /** The command breaks the rule of this name. */
    thenRefused(rule: string, about: { kind?: ViolationKind; field?: string } = {}): RuleViolation {
      const violation = refusal(() => decider.decide(command, state, context));
      expect({ kind: violation.kind, field: violation.field, rule: violation.rule }).toEqual({
        kind: violation.kind,
        field: violation.field,
        rule,
        ...about,
      });
      return violation;
    },
  };
}

/** What holds of every decided event: its declaration accepts it, and it can be folded. */
export function ensureSound<State, Event extends EventBody>(
  decider: Decider<State, never, Event>,
  state: State,
  decided: Decided<Event>[],
): State {
  return decided.reduce((state, event, index) => {
    const declaration = eventDeclarations.get(event.type);
    if (declaration === undefined) throw new Error(`${event.type} is not declared in contracts`);
    parse(declaration.data, JSON.parse(JSON.stringify(event.data)));
    return decider.evolve(frozen(state), frozen({ ...event, eventId: derivedId('decided', String(index)) }));
  }, state);
}

function refusal(decide: () => object[]): RuleViolation {
  let decided: object[];
  try {
    decided = decide();
  } catch (error) {
    if (error instanceof RuleViolation) return error;
    throw error;
  }
  throw new Error(`Expected a refusal, but it was decided: ${JSON.stringify(decided, null, 2)}`);
}

/** As it would be stored, so that a class instance equals a plain object and an absent field an undefined one. */
function plain(event: object): unknown {
  return JSON.parse(JSON.stringify(event));
}

function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const each of Object.values(value)) frozen(each);
  }
  return value;
}
