import type { InteractionEvent } from '#contracts/events.js';
import type { InteractionAttributed } from '#contracts/interaction.events.js';
import { type Happened, unreachable } from '../decider.js';
import { isGiven } from '../deciding.js';

/** What the commands of an `interaction-{id}` stream need to know. Plain JSON: it is cached and put into snapshots. */
export interface InteractionState {
  status: 'unknown' | 'recorded';
  /** Whose it was, from when that is known. */
  customerId?: string;
  /** What it was, until that is known: an attribution says it again. */
  recorded?: Omit<InteractionAttributed, 'customerId'>;
}

export const noInteraction: InteractionState = { status: 'unknown' };

export function evolve(state: InteractionState, event: Happened<InteractionEvent>): InteractionState {
  switch (event.type) {
    case 'InteractionRecorded': {
      const { customerId, channel, direction, phase, purpose, agentId, about, startedAt } = event.data;
      if (isGiven(customerId)) return { status: 'recorded', customerId };
      const more = { ...(isGiven(agentId) && { agentId }), ...(isGiven(about) && { about }) };
      return { status: 'recorded', recorded: { channel, direction, phase, purpose, startedAt, ...more } };
    }
    case 'InteractionAttributed':
      return { status: state.status, customerId: event.data.customerId };
    default:
      return unreachable(event);
  }
}
