/**
 * Random numbers from 0 to 1 of a seed, which is told; RAPPORT_TEST_SEED repeats them (mulberry32). What happens at a
 * moment depends on the machine too.
 */
export function seededRandom(): () => number {
  const seed = Number(process.env.RAPPORT_TEST_SEED ?? Date.now() % 2 ** 31);
  process.stderr.write(`${JSON.stringify({ spec: expect.getState().currentTestName, seed })}\n`);
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
