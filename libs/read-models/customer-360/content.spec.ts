import { derivedId } from '#contracts/ids.js';
import { type Happening, history } from '#testing/recorded.js';
import { customer360 } from './customer-360.projection.js';
import type { Customer360 } from './customer-360.table.js';
import { viewOf } from './view.js';

const surveyId = derivedId('survey', 'spec');
const ofTen = { surveyId, scale: { min: 0, max: 10 } };
const ofFive = { surveyId, scale: { min: 1, max: 5 } };

function satisfactionAfter(...happenings: Happening[]) {
  const row = history(happenings).reduce<Customer360 | undefined>(
    (row, event) => customer360.evolve(row, event),
    undefined,
  );
  return viewOf(row!, '2026-06-15').satisfaction;
}

describe('how content a customer is', () => {
  it.each([
    [10, 'promoter'],
    [9, 'promoter'],
    [8, 'passive'],
    [7, 'passive'],
    [6, 'detractor'],
  ])('is told by the latest recommendation: %d is a %s', (score, category) => {
    const late: Happening = { type: 'NpsAnswered', data: { ...ofTen, score }, occurredAt: '2026-02-01T00:00:00Z' };
    const early: Happening = { type: 'NpsAnswered', data: { ...ofTen, score: 0 }, occurredAt: '2026-01-01T00:00:00Z' };
    expect(satisfactionAfter(late, early)?.nps).toMatchObject({ answers: 2, category, latest: { score } });
  });

  it('averages over scales of any length', () => {
    const answers: Happening[] = [
      { type: 'CsatAnswered', data: { ...ofFive, score: 5 } },
      { type: 'CsatAnswered', data: { ...ofTen, score: 5 } },
    ];
    expect(satisfactionAfter(...answers)?.csat).toMatchObject({ answers: 2, average: 0.75, latest: { score: 5 } });
  });

  it('is told by how complaints were handled', () => {
    const rated = (speed: number): Happening => {
      const complaintId = derivedId('complaint', 'spec');
      return { type: 'ComplaintHandlingRated', data: { ...ofFive, complaintId, speed, attitude: 5, outcome: 1 } };
    };
    const handling = satisfactionAfter(rated(1), rated(3))?.complaintHandling;
    expect(handling).toEqual({ answers: 2, speed: 0.25, attitude: 1, outcome: 0 });
  });

  it('is perception less expectation, by instrument and dimension', () => {
    const rated = (expectation: number, perception: number, instrument: 'servqual5' | 'servqual10'): Happening => {
      const data = { ...ofFive, instrument, dimension: 'reliability' as const, expectation, perception };
      return { type: 'ServiceQualityRated', data };
    };
    const expected: Happening = {
      type: 'ExpectationRecorded',
      data: {
        ...ofFive,
        instrument: 'servqual5',
        dimension: 'empathy',
        expectation: 4,
        expectationSources: ['wordOfMouth'],
      },
    };
    const quality = satisfactionAfter(
      rated(5, 3, 'servqual5'),
      rated(5, 4, 'servqual5'),
      rated(2, 2, 'servqual10'),
      expected,
    )?.quality;
    expect(quality?.servqual5?.reliability).toMatchObject({ ratings: 2, gap: -0.375, outcome: 'notMet' });
    expect(quality?.servqual5?.reliability?.latest).toMatchObject({ expectation: 5, perception: 4 });
    expect(quality?.servqual10?.reliability).toMatchObject({ ratings: 1, gap: 0, outcome: 'met' });
    const { gap, ...empathy } = quality!.servqual5!.empathy!;
    expect([gap, empathy]).toEqual([
      undefined,
      { ratings: 0, expected: expect.objectContaining({ score: 4, sources: ['wordOfMouth'] }) },
    ]);
  });
});
