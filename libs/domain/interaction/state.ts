import type { InteractionEvent } from '#contracts/events.js';
import { type Happened, unreachable } from '../decider.js';
import { isGiven } from '../deciding.js';

/** What the commands of an `interaction-{id}` stream need to know. Plain JSON: it is cached and put into snapshots. */
export interface InteractionState {
  status: 'unknown' | 'recorded';
  /** Whose it was, from when that is known. */
  customerId?: string;
}

export const noInteraction: InteractionState = { status: 'unknown' };

export function evolve(state: InteractionState, event: Happened<InteractionEvent>): InteractionState {
  switch (event.type) {
    case 'InteractionRecorded': {
      const { customerId } = event.data;
      return { status: 'recorded', ...(isGiven(customerId) ? { customerId } : {}) };
    }
    case 'InteractionAttributed':
      return { ...state, customerId: event.data.customerId };
    default:
      return unreachable(event);
  }
}
