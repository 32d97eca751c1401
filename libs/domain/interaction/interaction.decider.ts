import type { InteractionEvent } from '#contracts/events.js';
import type { Decider } from '../decider.js';
import type { InteractionCommand } from './commands.js';
import { decide } from './decide.js';
import { evolve, type InteractionState, noInteraction } from './state.js';

/** One `interaction-{id}` stream. */
export const interaction: Decider<InteractionState, InteractionCommand, InteractionEvent> = {
  initial: noInteraction,
  evolve,
  decide,
};
