import type {
  ComplaintHandlingRated,
  CsatAnswered,
  ExpectationRecorded,
  NpsAnswered,
  ServiceQualityRated,
} from '#contracts/satisfaction.events.js';

export type AnswerNps = { type: 'AnswerNps' } & NpsAnswered;
export type AnswerCsat = { type: 'AnswerCsat' } & CsatAnswered;
export type RateComplaintHandling = { type: 'RateComplaintHandling' } & ComplaintHandlingRated;
export type RecordExpectation = { type: 'RecordExpectation' } & ExpectationRecorded;
export type RateServiceQuality = { type: 'RateServiceQuality' } & ServiceQualityRated;

/** An answer to one question of a survey. */
export type SatisfactionCommand =
  | AnswerNps
  | AnswerCsat
  | RateComplaintHandling
  | RecordExpectation
  | RateServiceQuality;
