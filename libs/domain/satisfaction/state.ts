import type { ServqualInstrument } from '#contracts/codes.js';
import type { SatisfactionEvent } from '#contracts/events.js';
import { type Happened, unreachable } from '../decider.js';
import { isGiven } from '../deciding.js';

/** What the commands of a `satisfaction-{surveyId}` stream need to know. Plain JSON: it is cached and put into snapshots. */
export interface SatisfactionState {
  /** The questions that have been answered: `nps`, `csat`, `complaintHandling`, `expectation.empathy` … */
  answered: string[];
  /** Whose survey it is; null when nobody knows. Left out as long as nothing has been answered. */
  customerId?: string | null;
  /** The instrument of its questions about service, from the first of them on. */
  instrument?: ServqualInstrument;
}

export const noAnswers: SatisfactionState = { answered: [] };

export function evolve(state: SatisfactionState, event: Happened<SatisfactionEvent>): SatisfactionState {
  const { customerId } = event.data;
  const answered = [...state.answered, questionOf(event)];
  const after = { ...state, answered, customerId: isGiven(customerId) ? customerId : null };
  return 'instrument' in event.data ? { ...after, instrument: event.data.instrument } : after;
}

/** Which question of a survey an answer is for. */
export function questionOf({ type, data }: SatisfactionEvent): string {
  switch (type) {
    case 'NpsAnswered':
      return 'nps';
    case 'CsatAnswered':
      return 'csat';
    case 'ComplaintHandlingRated':
      return 'complaintHandling';
    case 'ExpectationRecorded':
      return `expectation.${data.dimension}`;
    case 'ServiceQualityRated':
      return `serviceQuality.${data.dimension}`;
    default:
      return unreachable(type);
  }
}
