/** Bodies as examples: one survey each, by its id. */
const surveyId = '0190f3a1-5c00-7000-8000-0000000000a1';

export const nps = { surveyId, phase: 'after', scale: { min: 0, max: 10 }, score: 9 };

export const csat = { surveyId, phase: 'during', scale: { min: 1, max: 5 }, score: 4 };

export const complaintHandling = {
  surveyId,
  scale: { min: 1, max: 5 },
  complaintId: '0190f3a1-5c00-7000-8000-0000000000c1',
  speed: 4,
  attitude: 5,
  outcome: 3,
};

export const expectation = {
  surveyId,
  phase: 'before',
  scale: { min: 1, max: 7 },
  instrument: 'servqual5',
  dimension: 'reliability',
  expectation: 6,
  expectationSources: ['wordOfMouth'],
};

export const serviceQuality = { ...expectation, phase: 'after', perception: 5 };
