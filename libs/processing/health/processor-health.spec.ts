import { type Observation, type ObservedSegment, processorHealth, type Told } from './processor-health.js';

const NOW = Date.parse('2026-06-15T10:00:00Z');
const STUCK_AFTER_MS = 30_000;
const ago = (seconds: number) => NOW - seconds * 1_000;

type Place = Omit<ObservedSegment, keyof Told>;

const caughtUp: Place = {
  segment: 0,
  position: 900n,
  lag: { positions: 0, since: undefined },
  movedAt: ago(500),
};

/** One that has not stored what was recorded so many seconds ago. */
const lagging = (seconds: number, movedSecondsAgo = 0.2): Place => ({
  segment: 0,
  position: 100n,
  lag: { positions: 800, since: ago(seconds) },
  movedAt: ago(movedSecondsAgo),
});

function health(given: Partial<Told & Observation>, ...places: Place[]) {
  const { phase, failingSince, ...rest } = { phase: 'running' as const, failingSince: undefined, ...given };
  const told = { phase, failingSince };
  const segments = places.map((place) => ({ ...place, ...told }));
  const observation = {
    name: 'spec',
    told,
    segments,
    eventsPerSecond: 12.5,
    parked: 0,
    sources: ['kafka' as const],
    ...rest,
  };
  return processorHealth(observation, NOW, STUCK_AFTER_MS);
}
const state = (given: Partial<Told & Observation>, ...places: Place[]) => health(given, ...places).state;

describe('the health of a processor', () => {
  it('is running when it has stored everything, however long nothing has come', () => {
    expect(health({}, caughtUp)).toEqual({
      name: 'spec',
      state: 'running',
      position: 900n,
      lagPositions: 0,
      lagSeconds: 0,
      eventsPerSecond: 12.5,
      parked: 0,
      sources: ['kafka'],
      segments: [{ segment: 0, state: 'running', position: 900n, lagPositions: 0, lagSeconds: 0 }],
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

  it('is that of the segment that is worst off, with the place and the age of those furthest behind', () => {
    const [first, second] = [lagging(0.5), { ...lagging(50, 50), segment: 1, lag: { positions: 7, since: ago(50) } }];
    const told = health({}, first, second);
    expect(told).toMatchObject({ state: 'stuck', position: 100n, lagPositions: 800, lagSeconds: 50 });
    expect(told.segments).toMatchObject([
      { state: 'running', lagSeconds: 0.5 },
      { state: 'stuck', lagSeconds: 50 },
    ]);
  });

  it.each(['rebuilding', 'abandoned'] as const)('is %s while its build is not ready, whoever makes it', (making) => {
    expect(state({ phase: undefined, making }, lagging(500, 500))).toBe(making);
    expect(state({ phase: undefined, making })).toBe(making);
  });

  it('says nothing of places where the worker holds none', () => {
    const nowhere = { position: null, lagPositions: null, lagSeconds: null, segments: [] };
    expect(health({ phase: 'standby' })).toMatchObject({ state: 'standby', ...nowhere });
    expect(health({ phase: 'retrying', failingSince: ago(31) })).toMatchObject({ state: 'stuck', ...nowhere });
  });

  it('tells how many keys are parked, and is not worse for it', () => {
    expect(health({ parked: 3 }, caughtUp)).toMatchObject({ state: 'running', parked: 3 });
  });

  it('has no lag below nothing where clocks disagree', () => {
    expect(health({}, lagging(-3)).lagSeconds).toBe(0);
  });
});
