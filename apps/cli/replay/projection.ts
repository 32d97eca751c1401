import type { Recorded } from '#contracts/envelope.js';
import type { EventType, RapportEvent } from '#contracts/events.js';

export type { EventType } from '#contracts/events.js';

/** An event of the history. `switch` on its `type`, and its `data` are those of that type. */
export type Event = Recorded<RapportEvent>;

/**
 * What an analyst's file exports as its default, for `rapport replay`: how rows come from events.
 * `State` is what is kept for each key, `Row` what is told in the end: the same, unless there is a `finish`.
 */
export interface Projection<State, Row extends object = Extract<State, object>> {
  name: string;
  /** The types of events that it wants; left out: all of them. */
  types?: readonly EventType[];
  /** To which state an event belongs; undefined when it is none of its business. */
  key(event: Event): string | undefined;
  /** The state after the event. Pure: no clock, no randomness, no I/O. undefined: there is no such state (any more). */
  evolve(state: State | undefined, event: Event): State | undefined;
  /**
   * Makes the rows of the states when all events have passed: sorts, leaves out, sums up. Left out: the states are the
   * rows, in the order in which their keys first came up.
   */
  finish?(states: State[]): Row[];
}
