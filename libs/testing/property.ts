import fc from 'fast-check';
import type { EventBody } from '#contracts/envelope.js';
import { type Decided, type Decider, type DecisionContext, RuleViolation } from '#domain/decider.js';
import { ensureSound } from './decider-spec.js';
import { runsOf } from './full-counts.js';

/**
 * Checks a property: 100 runs, 1,000 with the full counts. A failure prints seed and path; `fc.assert(property,
 * { seed, path })` repeats it.
 */
export function holds<Values>(property: fc.IProperty<Values>): void {
  fc.assert(property, { numRuns: runsOf(100) });
}

/** The same for a property that has to wait for something. */
export async function holdsInAsync<Values>(property: fc.IAsyncProperty<Values>): Promise<void> {
  await fc.assert(property, { numRuns: runsOf(100) });
}

/**
 * The same for a property that talks to servers: 20 runs, where it is not told otherwise, because each takes long. The
 * seed is told even when it holds; PROPERTY_SEED repeats it.
 * @param runs ten times as many with the full counts.
 */
export async function holdsOnServers<Values>(property: fc.IAsyncProperty<Values>, runs = 20): Promise<void> {
  const seed = Number(process.env.PROPERTY_SEED ?? Date.now() % 2 ** 31);
  process.stderr.write(`${JSON.stringify({ spec: expect.getState().currentTestName, seed })}\n`);
  await fc.assert(property, { numRuns: runsOf(runs), seed });
}

/** What became of one command. */
export interface Played<State, Command, Event extends EventBody> {
  command: Command;
  context: DecisionContext;
  before: State;
  after: State;
  decided: Decided<Event>[];
  refusal?: RuleViolation;
}

/**
 * Sends commands to one stream, in order. A refused one changes nothing; any other error is thrown. Decided events
 * have to pass their declarations.
 */
export function play<State, Command, Event extends EventBody>(
  decider: Decider<State, Command, Event>,
  steps: { command: Command; context: DecisionContext }[],
): Played<State, Command, Event>[] {
  let state = decider.initial;
  return steps.map(({ command, context }) => {
    const before = state;
    try {
      const decided = decider.decide(command, before, context);
      state = ensureSound(decider, before, decided);
      return { command, context, before, after: state, decided };
    } catch (refusal) {
      if (!(refusal instanceof RuleViolation)) throw refusal;
      return { command, context, before, after: before, decided: [], refusal };
    }
  });
}
