import { jest } from '@jest/globals';
import { whileBeating } from './heartbeats.js';
import { delayAfter, isTransient, orStopping, pause, retryingOf, Stopping } from './retrying.js';

const EVERY_MS = 3_000;

describe('trying again', () => {
  it('waits twice as long each time, up to the longest', () => {
    const retrying = retryingOf({ firstDelayMs: 100, longestDelayMs: 500 });
    expect([1, 2, 3, 4, 2_000].map((failures) => delayAfter(failures, retrying))).toEqual([100, 200, 400, 500, 500]);
  });

  it.each([
    [true, Object.assign(new Error(), { code: 'ECONNREFUSED' })],
    [true, Object.assign(new Error(), { code: '40P01' })],
    [true, Object.assign(new Error(), { code: '53100' })],
    [true, new Error('Connection terminated unexpectedly')],
    [true, new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ENOTFOUND' }) })],
    [true, new AggregateError([Object.assign(new Error(), { code: 'ECONNREFUSED' })])],
    [false, Object.assign(new Error(), { code: '23505' })],
    [false, new Error('No.')],
    [false, 'text'],
  ])('takes it as passing (%s): %p', (expected, error) => {
    expect(isTransient(error)).toBe(expected);
  });

  it('does not wait any longer when it stops', async () => {
    const stop = new AbortController();
    const waiting = pause(1e6, stop.signal);
    stop.abort();
    await expect(waiting).rejects.toThrow(Stopping);
  });
});

describe('work that may be given up', () => {
  it('comes to its end, or is given up as soon as it is to stop', async () => {
    const stop = new AbortController();
    await orStopping(Promise.resolve(), stop.signal);
    await expect(orStopping(Promise.reject(new Error('No.')), stop.signal)).rejects.toThrow('No.');
    const givenUp = orStopping(new Promise(() => {}), stop.signal);
    stop.abort();
    await expect(givenUp).rejects.toThrow(Stopping);
    await expect(orStopping(new Promise(() => {}), stop.signal)).rejects.toThrow(Stopping);
  });
});

describe('while something takes its time', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('goes on beating, and no longer', async () => {
    let beats = 0;
    let finish!: () => void;
    const beating = whileBeating(
      async () => void beats++,
      EVERY_MS,
      () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    );
    await jest.advanceTimersByTimeAsync(10 * EVERY_MS);
    expect(beats).toBe(10);
    finish();
    expect(await beating).toBeUndefined();
    await jest.advanceTimersByTimeAsync(10 * EVERY_MS);
    expect(beats).toBe(10);
  });

  it('tells what is in hand that the membership is lost, and lets it finish', async () => {
    const lost = new Error('rebalancing');
    const beating = whileBeating(
      () => Promise.reject(lost),
      EVERY_MS,
      (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
    );
    await jest.advanceTimersByTimeAsync(EVERY_MS);
    expect(await beating).toBe(lost);
  });

  it('passes on what the work throws', async () => {
    await expect(
      whileBeating(
        async () => {},
        EVERY_MS,
        () => Promise.reject(new Error('No.')),
      ),
    ).rejects.toThrow('No.');
  });
});
