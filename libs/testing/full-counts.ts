/**
 * The one switch of `npm run test:full`: a minute where a spec otherwise takes seconds, ten times the runs of every
 * property, fifty kills for ten.
 */
export const HAS_FULL_COUNTS = process.env.RAPPORT_TEST_FULL === '1';

/** How many runs a property has: so many, and ten times as many with the full counts. */
export function runsOf(runs: number): number {
  return HAS_FULL_COUNTS ? 10 * runs : runs;
}
