import { sums } from './combining.js';
import type { Dimension, Satisfaction, Scores } from './row-parts.js';

/** How content all of them were: answers add up, and the latest is the latest of all. */
export function combinedSatisfaction(all: Satisfaction[]): Satisfaction | null {
  return all.length === 0 ? null : all.reduce(both);
}

function both(a: Satisfaction, b: Satisfaction): Satisfaction {
  const nps = either(a.nps, b.nps, scores);
  const csat = either(a.csat, b.csat, scores);
  const complaintHandling = either(a.complaintHandling, b.complaintHandling, sums);
  const quality = either(a.quality, b.quality, (one, other) =>
    eachKey(one, other, (dimensions, more) => eachKey(dimensions, more, dimension)),
  );
  return {
    ...(nps && { nps }),
    ...(csat && { csat }),
    ...(complaintHandling && { complaintHandling }),
    ...(quality && { quality }),
  };
}

function either<Value>(a: Value | undefined, b: Value | undefined, join: (a: Value, b: Value) => Value) {
  return a !== undefined && b !== undefined ? join(a, b) : (a ?? b);
}

function eachKey<Value>(
  a: Partial<Record<string, Value>>,
  b: Partial<Record<string, Value>>,
  join: (a: Value, b: Value) => Value,
): Partial<Record<string, Value>> {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...keys].map((key) => [key, either(a[key], b[key], join)]));
}

function scores(a: Scores, b: Scores): Scores {
  return { answers: a.answers + b.answers, sum: a.sum + b.sum, latest: later(a.latest, b.latest) };
}

function dimension(a: Dimension, b: Dimension): Dimension {
  const latest = either(a.latest, b.latest, later);
  return {
    ratings: a.ratings + b.ratings,
    gaps: a.gaps + b.gaps,
    ...(latest && { latest }),
    expected: later(a.expected, b.expected),
  };
}

/** Of two at once the first one, which is the survivor's. */
function later<Answer extends { answeredAt: string }>(a: Answer, b: Answer): Answer {
  return b.answeredAt > a.answeredAt ? b : a;
}
