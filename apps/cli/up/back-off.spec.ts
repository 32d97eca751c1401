import { BackOff } from './back-off.js';

describe('the back-off', () => {
  const options = { firstMs: 100, longestMs: 1_000, healthyAfterMs: 5_000 };

  it('doubles with each death, up to its limit', () => {
    const backOff = new BackOff(options);
    expect([0, 1, 2, 3, 4, 5].map(() => backOff.next(10))).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  it('begins anew after a healthy run', () => {
    const backOff = new BackOff(options);
    backOff.next(10);
    backOff.next(10);
    expect(backOff.next(5_000)).toBe(100);
    expect(backOff.next(10)).toBe(200);
  });

  it('stays finite after very many deaths', () => {
    const backOff = new BackOff(options);
    for (let death = 0; death < 5_000; death++) backOff.next(0);
    expect(backOff.next(0)).toBe(1_000);
  });
});
