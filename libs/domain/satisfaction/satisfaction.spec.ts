import fc from 'fast-check';
import { ALL_SERVQUAL_DIMENSIONS, SERVQUAL_DIMENSIONS } from '#contracts/codes.js';
import type { SatisfactionEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import { type Given, given } from '#testing/decider-spec.js';
import { holds, play } from '#testing/property.js';
import type { SatisfactionCommand } from './commands.js';
import { satisfaction } from './satisfaction.decider.js';
import { questionOf } from './state.js';

const surveyId = derivedId('survey', '1');
const [anna, ben] = [derivedId('customer', 'anna'), derivedId('customer', 'ben')];
const to5 = { surveyId, customerId: anna, scale: { min: 1, max: 5 } };
const nps = { surveyId, customerId: anna, scale: { min: 0, max: 10 }, score: 9 };
const csat = { ...to5, score: 4 };
const handling = { ...to5, complaintId: derivedId('complaint', '1'), speed: 1, attitude: 5, outcome: 3 };
const expected = { ...to5, instrument: 'servqual5', dimension: 'empathy', expectation: 4 } as const;
const quality = { ...expected, perception: 2 } as const;

const answers: [SatisfactionCommand, Given<SatisfactionEvent>][] = [
  [
    { type: 'AnswerNps', ...nps },
    { type: 'NpsAnswered', data: nps },
  ],
  [
    { type: 'AnswerCsat', ...csat },
    { type: 'CsatAnswered', data: csat },
  ],
  [
    { type: 'RateComplaintHandling', ...handling },
    { type: 'ComplaintHandlingRated', data: handling },
  ],
  [
    { type: 'RecordExpectation', ...expected },
    { type: 'ExpectationRecorded', data: expected },
  ],
  [
    { type: 'RateServiceQuality', ...quality },
    { type: 'ServiceQualityRated', data: quality },
  ],
];
const events = answers.map(([, event]) => event);

describe.each(answers)('%o', (command, event) => {
  it('is recorded', () => {
    given(satisfaction).when(command).then([event]);
  });
  it('is recorded beside the answers to the other questions of the survey', () => {
    given(
      satisfaction,
      events.filter((other) => other !== event),
    )
      .when(command)
      .then([event]);
  });
  it('is refused when the survey has that answer already', () => {
    given(satisfaction, [event])
      .when(command)
      .thenRefused('survey-question-answered-once', { kind: 'conflict', field: 'surveyId' });
  });
  it('is refused when the survey is another customer’s, or nobody’s', () => {
    const rule = ['survey-one-customer', { kind: 'conflict', field: 'customerId' }] as const;
    for (const customerId of [ben, undefined]) {
      given(satisfaction, events)
        .when({ ...command, customerId })
        .thenRefused(...rule);
    }
  });
  it('is recorded where nobody knows whose it is', () => {
    const { customerId: _, ...data } = event.data;
    const anonymous = { type: event.type, data } as Given<SatisfactionEvent>;
    given(satisfaction)
      .when({ ...command, customerId: undefined })
      .then([anonymous]);
  });
  it.each([
    [5, 5],
    [5, 1],
  ])('is refused with a scale from %d to %d', (min, max) => {
    given(satisfaction)
      .when({ ...command, scale: { min, max } })
      .thenRefused('scale-ascends', { kind: 'invalid', field: 'scale.max' });
  });
  it('is refused after the business date', () => {
    given(satisfaction)
      .when(command, { businessDate: '2026-06-14' })
      .thenRefused('not-after-business-date', { kind: 'invalid', field: 'occurredAt' });
  });
});

describe('A score', () => {
  const scored: [SatisfactionCommand, string][] = [
    [answers[0]![0], 'score'],
    [answers[1]![0], 'score'],
    [answers[2]![0], 'speed'],
    [answers[2]![0], 'attitude'],
    [answers[2]![0], 'outcome'],
    [answers[3]![0], 'expectation'],
    [answers[4]![0], 'expectation'],
    [answers[4]![0], 'perception'],
  ];
  it.each(scored)('of %o is refused outside of its scale: %s', (command, field) => {
    const { min, max } = command.scale;
    for (const score of [min - 0.001, max + 1]) {
      given(satisfaction)
        .when({ ...command, [field]: score })
        .thenRefused('score-within-scale', { kind: 'invalid', field });
    }
  });
  it.each(scored)('of %o may be either end of its scale: %s', (command, field) => {
    for (const score of [command.scale.min, command.scale.max]) {
      const [event] = satisfaction.decide({ ...command, [field]: score }, satisfaction.initial, {
        occurredAt: '2026-06-15T00:00:00Z',
        businessDate: '2026-06-15',
      });
      expect(event!.data).toMatchObject({ [field]: score });
    }
  });
});

describe('An answer about service', () => {
  const dimensions = Object.entries(SERVQUAL_DIMENSIONS).flatMap(([instrument, its]) =>
    ALL_SERVQUAL_DIMENSIONS.map((dimension) => ({
      instrument: instrument as keyof typeof SERVQUAL_DIMENSIONS,
      dimension,
      belongs: (its as readonly string[]).includes(dimension),
    })),
  );
  it.each(dimensions)('by $instrument about $dimension: $belongs', ({ instrument, dimension, belongs }) => {
    const rated = { ...quality, instrument, dimension };
    const { perception: _, ...wanted } = rated;
    const asked: [SatisfactionCommand, SatisfactionEvent][] = [
      [
        { type: 'RecordExpectation', ...wanted },
        { type: 'ExpectationRecorded', data: wanted },
      ],
      [
        { type: 'RateServiceQuality', ...rated },
        { type: 'ServiceQualityRated', data: rated },
      ],
    ];
    for (const [command, event] of asked) {
      const outcome = given(satisfaction).when(command);
      if (belongs) outcome.then([event]);
      else outcome.thenRefused('dimension-of-instrument', { kind: 'invalid', field: 'dimension' });
    }
  });
  it('is one a dimension of a survey', () => {
    const data = { ...quality, dimension: 'tangibles' } as const;
    given(satisfaction, events)
      .when({ type: 'RateServiceQuality', ...data })
      .then([{ type: 'ServiceQualityRated', data }]);
  });
  it('is refused by another instrument than the survey’s', () => {
    given(satisfaction, events)
      .when({ type: 'RateServiceQuality', ...quality, instrument: 'servqual10', dimension: 'access' })
      .thenRefused('survey-one-instrument', { kind: 'conflict', field: 'instrument' });
  });
});

describe('Any interleaving of answers to a survey', () => {
  const scale = fc.constantFrom({ min: 1, max: 5 }, { min: 0, max: 10 }, { min: 5, max: 1 });
  const score = fc.integer({ min: -1, max: 11 });
  const customerId = fc.constantFrom(anna, ben, undefined);
  const command: fc.Arbitrary<SatisfactionCommand> = fc.oneof(
    fc.record({
      type: fc.constantFrom('AnswerNps' as const, 'AnswerCsat' as const),
      surveyId: fc.constant(surveyId),
      customerId,
      scale,
      score,
    }),
    fc.record({
      type: fc.constant('RateServiceQuality' as const),
      surveyId: fc.constant(surveyId),
      customerId,
      scale,
      instrument: fc.constantFrom('servqual5', 'servqual10'),
      dimension: fc.constantFrom('reliability', 'empathy', 'access'),
      expectation: score,
      perception: score,
    }),
  );

  it('has one answer to a question, one customer and one instrument, and every score on its scale', () => {
    const context = { occurredAt: '2026-06-15T10:00:00Z', businessDate: '2026-06-15' };
    holds(
      fc.property(fc.array(command, { maxLength: 30, size: 'max' }), (commands) => {
        const moves = play(
          satisfaction,
          commands.map((command) => ({ command, context })),
        );
        const given = moves.flatMap(({ decided }) => decided);
        const questions = given.map(questionOf);
        expect(new Set(questions).size).toBe(questions.length);
        expect(new Set(given.map(({ data }) => data.customerId)).size).toBeLessThanOrEqual(1);
        const instruments = given.flatMap(({ data }) => ('instrument' in data ? data.instrument : []));
        expect(new Set(instruments).size).toBeLessThanOrEqual(1);
        for (const { data } of given) {
          for (const key of ['score', 'expectation', 'perception'] as const) {
            const value = (data as Partial<Record<typeof key, number>>)[key];
            if (value === undefined) continue;
            expect(value).toBeGreaterThanOrEqual(data.scale.min);
            expect(value).toBeLessThanOrEqual(data.scale.max);
          }
        }
      }),
    );
  });
});
