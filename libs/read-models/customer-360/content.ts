import type {
  ComplaintHandlingRated,
  CsatAnswered,
  ExpectationRecorded,
  NpsAnswered,
  Scale,
  ServiceQualityRated,
} from '#contracts/satisfaction.events.js';
import type { Customer360 } from './customer-360.table.js';
import type { Changes, Occasion } from './row-change.js';
import type { Dimension, Satisfaction, Scores } from './row-parts.js';

export const content: Changes = {
  NpsAnswered: (row, data, occasion) => ({
    ...row,
    satisfaction: { ...row.satisfaction, nps: scored(row.satisfaction?.nps, data, occasion) },
  }),
  CsatAnswered: (row, data, occasion) => ({
    ...row,
    satisfaction: { ...row.satisfaction, csat: scored(row.satisfaction?.csat, data, occasion) },
  }),
  ComplaintHandlingRated: (row, data) => ({
    ...row,
    satisfaction: { ...row.satisfaction, complaintHandling: handled(row.satisfaction?.complaintHandling, data) },
  }),
  ExpectationRecorded: expected,
  ServiceQualityRated: (row, data, occasion) => rated(expected(row, data, occasion), data, occasion),
};

/** Where a score lies on its scale: 0 at the worst end, 1 at the best. */
export function shareOf(score: number, { min, max }: Scale): number {
  return max > min ? (score - min) / (max - min) : 0;
}

function scored(before: Scores | undefined, { score, scale }: NpsAnswered | CsatAnswered, { at }: Occasion): Scores {
  const answer = { score, scale, answeredAt: at };
  const isLater = before === undefined || at >= before.latest.answeredAt;
  return {
    answers: (before?.answers ?? 0) + 1,
    sum: (before?.sum ?? 0) + shareOf(score, scale),
    latest: isLater ? answer : before.latest,
  };
}

function handled(
  before: Satisfaction['complaintHandling'],
  { speed, attitude, outcome, scale }: ComplaintHandlingRated,
): Satisfaction['complaintHandling'] {
  return {
    answers: (before?.answers ?? 0) + 1,
    speed: (before?.speed ?? 0) + shareOf(speed, scale),
    attitude: (before?.attitude ?? 0) + shareOf(attitude, scale),
    outcome: (before?.outcome ?? 0) + shareOf(outcome, scale),
  };
}

function expected(row: Customer360, data: ExpectationRecorded, { at }: Occasion): Customer360 {
  const { instrument, dimension, expectation, scale, expectationSources: sources } = data;
  const before = row.satisfaction?.quality?.[instrument]?.[dimension];
  if (before && before.expected.answeredAt > at) return row;
  const latest = { score: expectation, scale, answeredAt: at, ...(sources && { sources }) };
  return withDimension(row, data, {
    ratings: before?.ratings ?? 0,
    gaps: before?.gaps ?? 0,
    ...before,
    expected: latest,
  });
}

function rated(row: Customer360, data: ServiceQualityRated, { at }: Occasion): Customer360 {
  const { instrument, dimension, expectation, perception, scale } = data;
  const before = row.satisfaction!.quality![instrument]![dimension]!;
  const isLater = before.latest === undefined || at >= before.latest.answeredAt;
  return withDimension(row, data, {
    ...before,
    ratings: before.ratings + 1,
    gaps: before.gaps + shareOf(perception, scale) - shareOf(expectation, scale),
    latest: isLater ? { expectation, perception, scale, answeredAt: at } : before.latest!,
  });
}

function withDimension(
  row: Customer360,
  { instrument, dimension }: Pick<ExpectationRecorded, 'instrument' | 'dimension'>,
  now: Dimension,
): Customer360 {
  const quality = row.satisfaction?.quality;
  const dimensions = { ...quality?.[instrument], [dimension]: now };
  return { ...row, satisfaction: { ...row.satisfaction, quality: { ...quality, [instrument]: dimensions } } };
}
