import type { SatisfactionEvent } from '#contracts/events.js';
import type { Decider } from '../decider.js';
import type { SatisfactionCommand } from './commands.js';
import { decide } from './decide.js';
import { evolve, noAnswers, type SatisfactionState } from './state.js';

/** One `satisfaction-{surveyId}` stream: a survey, as one respondent answered it at one time. */
export const satisfaction: Decider<SatisfactionState, SatisfactionCommand, SatisfactionEvent> = {
  initial: noAnswers,
  evolve,
  decide,
};
