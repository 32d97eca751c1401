import type { ComplaintEvent } from '#contracts/events.js';
import type { Decider } from '../decider.js';
import type { ComplaintCommand } from './commands.js';
import { decide } from './decide.js';
import { type ComplaintState, evolve, noComplaint } from './state.js';

/** One `complaint-{id}` stream. */
export const complaint: Decider<ComplaintState, ComplaintCommand, ComplaintEvent> = {
  initial: noComplaint,
  evolve,
  decide,
};
