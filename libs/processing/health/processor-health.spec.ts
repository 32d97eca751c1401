import { type ObservedSegment, processorHealth, type Told } from './processor-health.js';

const NOW = Date.parse('2026-06-15T10:00:00Z');
const STUCK_AFTER_MS = 30_000;
const ago = (seconds: number) => NOW - seconds * 1_000;

const caughtUp: ObservedSegment = {
  segment: 0,
  position: 900n,
  lag: { positions: 0, since: undefined },
  movedAt: ago(500),
};

/** One that has not stored what was recorded so many seconds ago. */
const lagging = (seconds: number, movedSecondsAgo = 0.2): ObservedSegment => ({
  segment: 0,
  position: 100n,
  lag: { positions: 800, since: ago(seconds) },
  movedAt: ago(movedSecondsAgo),
});

function health(told: Partial<Told>, ...segments: ObservedSegment[]) {
  const all = { phase: 'running' as const, failingSince: undefined, eventsPerSecond: 12.5, ...told };
  return processorHealth('spec', all, segments, NOW, STUCK_AFTER_MS);
}
const state = (told: Partial<Told>, ...segments: ObservedSegment[]) => health(told, ...segments).state;

describe('the health of a processor', () => {
  it('is running when it has stored everything, however long nothing has come', () => {
    expect(health({}, caughtUp)).toEqual({
      name: 'spec',
      state: 'running',
      position: 900n,
      lagPositions: 0,
      lagSeconds: 0,
      eventsPerSecond: 12.5,
      segments: [{ segment: 0, position: 900n, lagPositions: 0, lagSeconds: 0 }],
    });
  });

  it('is running when it follows at less than a second, and says by how much', () => {
    expect(health({}, lagging(0.4))).toMatchObject({ state: 'running', lagPositions: 800, lagSeconds: 0.4 });
    expect(state({}, lagging(0.999))).toBe('running');
    expect(state({}, lagging(1))).toBe('behind');
  });

  it('is behind as long as it moves, however old what it has yet to store', () => {
    expect(state({}, lagging(86_400))).toBe('behind');
    expect(state({}, lagging(86_400, 29.9))).toBe('behind');
  });

  it('is stuck when it has not moved for long, and had something to do for as long', () => {
    expect(state({}, lagging(86_400, 30))).toBe('stuck');
    expect(state({}, lagging(30, 86_400))).toBe('stuck');
  });

  it('is not stuck because the first event after a quiet night has just come', () => {
    expect(state({}, lagging(0.1, 30_000))).toBe('running');
    expect(state({}, lagging(29, 30_000))).toBe('behind');
  });

  it('is not stuck before it ever stored anything', () => {
    expect(state({}, { ...lagging(5), position: undefined, movedAt: undefined })).toBe('behind');
  });

  it('is retrying after an error, and stuck when that has lasted, even when there is nothing to store', () => {
    expect(state({ phase: 'retrying', failingSince: ago(29) }, caughtUp)).toBe('retrying');
    expect(state({ phase: 'retrying', failingSince: ago(30) }, caughtUp)).toBe('stuck');
    expect(state({ phase: 'opening', failingSince: ago(1) }, caughtUp)).toBe('opening');
    expect(state({ phase: 'opening', failingSince: ago(30) }, caughtUp)).toBe('stuck');
  });

  it('was running for a moment each time that it opened again after an error, and so never stuck', () => {
    expect(state({ failingSince: ago(29) }, lagging(40, 40))).toBe('retrying');
    expect(state({ failingSince: ago(30) }, lagging(0.1))).toBe('stuck');
  });

  it('is standby or stopped when its worker says so, whatever the lag', () => {
    expect(state({ phase: 'standby' }, lagging(500, 500))).toBe('standby');
    expect(state({ phase: 'stopped' }, lagging(500, 500))).toBe('stopped');
    expect(state({ phase: undefined }, lagging(500, 500))).toBe('no worker runs it');
  });

  it('is that of the segment that is worst off, and the place of the one furthest behind', () => {
    const [first, second] = [lagging(0.5), { ...lagging(50, 50), segment: 1, lag: { positions: 7, since: ago(50) } }];
    expect(health({}, first, second)).toMatchObject({
      state: 'stuck',
      position: 100n,
      lagPositions: 800,
      lagSeconds: 0.5,
    });
    expect(health({}, first, second).segments.map(({ lagSeconds }) => lagSeconds)).toEqual([0.5, 50]);
  });

  it('has no lag below nothing where clocks disagree', () => {
    expect(health({}, lagging(-3)).lagSeconds).toBe(0);
  });
});
