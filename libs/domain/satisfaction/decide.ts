import { SERVQUAL_DIMENSIONS } from '#contracts/codes.js';
import type { SatisfactionEvent } from '#contracts/events.js';
import type { ExpectationRecorded, Scale } from '#contracts/satisfaction.events.js';
import { type Decided, type DecisionContext, unreachable } from '../decider.js';
import { ensure, happened, isGiven, requireNotAfterBusinessDate } from '../deciding.js';
import type { SatisfactionCommand } from './commands.js';
import { questionOf, type SatisfactionState } from './state.js';

type Answered = Decided<SatisfactionEvent>;

/** The rules of a `satisfaction-{surveyId}` stream: every question of a survey is answered once, by one customer. */
export function decide(
  command: SatisfactionCommand,
  state: SatisfactionState,
  context: DecisionContext,
): Decided<SatisfactionEvent>[] {
  requireNotAfterBusinessDate(context);
  const answer = toAnswer(command, context);
  requireScale(answer.data.scale);
  for (const [field, score] of scoresOf(answer)) requireWithin(answer.data.scale, field, score);
  if ('instrument' in answer.data) requireDimension(answer.data, state);
  requireSameCustomer(answer, state);
  const question = questionOf(answer);
  ensure(
    !state.answered.includes(question),
    'conflict',
    'survey-question-answered-once',
    `Survey ${answer.data.surveyId} has an answer to ${question} already: give another survey an id of its own.`,
    'surveyId',
  );
  return [answer];
}

function toAnswer(command: SatisfactionCommand, context: DecisionContext): Answered {
  switch (command.type) {
    case 'AnswerNps': {
      const { type, ...data } = command;
      return happened('NpsAnswered', data, context);
    }
    case 'AnswerCsat': {
      const { type, ...data } = command;
      return happened('CsatAnswered', data, context);
    }
    case 'RateComplaintHandling': {
      const { type, ...data } = command;
      return happened('ComplaintHandlingRated', data, context);
    }
    case 'RecordExpectation': {
      const { type, ...data } = command;
      return happened('ExpectationRecorded', data, context);
    }
    case 'RateServiceQuality': {
      const { type, ...data } = command;
      return happened('ServiceQualityRated', data, context);
    }
    default:
      return unreachable(command);
  }
}

function scoresOf({ type, data }: SatisfactionEvent): [field: string, score: number][] {
  switch (type) {
    case 'NpsAnswered':
    case 'CsatAnswered':
      return [['score', data.score]];
    case 'ComplaintHandlingRated':
      return [
        ['speed', data.speed],
        ['attitude', data.attitude],
        ['outcome', data.outcome],
      ];
    case 'ExpectationRecorded':
      return [['expectation', data.expectation]];
    case 'ServiceQualityRated':
      return [
        ['expectation', data.expectation],
        ['perception', data.perception],
      ];
    default:
      return unreachable(type);
  }
}

function requireScale({ min, max }: Scale): void {
  ensure(
    min < max,
    'invalid',
    'scale-ascends',
    `A scale from ${min} to ${max} holds no answers: let max be greater than min.`,
    'scale.max',
  );
}

function requireWithin({ min, max }: Scale, field: string, score: number): void {
  ensure(
    score >= min && score <= max,
    'invalid',
    'score-within-scale',
    `${field} is ${score}, and the scale goes from ${min} to ${max}: give a score on the scale.`,
    field,
  );
}

function requireDimension({ instrument, dimension, surveyId }: ExpectationRecorded, state: SatisfactionState): void {
  const dimensions: readonly string[] = SERVQUAL_DIMENSIONS[instrument];
  ensure(
    dimensions.includes(dimension),
    'invalid',
    'dimension-of-instrument',
    `${instrument} has no dimension ${dimension}: it has ${dimensions.join(', ')}.`,
    'dimension',
  );
  ensure(
    state.instrument === undefined || state.instrument === instrument,
    'conflict',
    'survey-one-instrument',
    `Survey ${surveyId} asks by ${state.instrument}: answer by that, or give another survey an id of its own.`,
    'instrument',
  );
}

function requireSameCustomer({ data }: SatisfactionEvent, { customerId: known }: SatisfactionState): void {
  ensure(
    known === undefined || known === (isGiven(data.customerId) ? data.customerId : null),
    'conflict',
    'survey-one-customer',
    `Survey ${data.surveyId} was answered by ${known === null ? 'somebody unknown' : `customer ${known}`}: its other answers are theirs too.`,
    'customerId',
  );
}
