import type { RulesEvent } from '#contracts/events.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import { type Happened, unreachable } from '../decider.js';

/** Every version of a `rules-{name}` stream, in order. Plain JSON: it is cached and put into snapshots. */
export interface RulesState {
  versions: RulesPublished[];
}

export const noRules: RulesState = { versions: [] };

export function evolve(state: RulesState, event: Happened<RulesEvent>): RulesState {
  switch (event.type) {
    case 'RulesPublished':
      return { versions: [...state.versions, event.data] };
    default:
      return unreachable(event.type);
  }
}
