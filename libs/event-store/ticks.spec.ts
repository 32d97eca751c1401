import fc from 'fast-check';
import { holds } from '#testing/property.js';
import { instantOf } from './ticks.js';

it('an instant of the store is told to the millisecond, whatever the day', () => {
  const ticks = fc.bigInt({ min: 0n, max: BigInt(Date.parse('9999-12-31T23:59:59.999Z')) * 10_000n + 9_999n });
  holds(
    fc.property(ticks, (told) => {
      expect(instantOf(String(told))).toBe(new Date(Number(told / 10_000n)).toISOString());
    }),
  );
});
