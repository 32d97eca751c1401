import { jest } from '@jest/globals';
import { systemClock } from './clock.js';

describe('the clock', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: new Date('2026-03-31T23:59:59.999Z') });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('tells the system’s time, and its day in UTC', () => {
    const clock = systemClock();
    expect([clock.now(), clock.businessDate()]).toEqual(['2026-03-31T23:59:59.999Z', '2026-03-31']);
    jest.advanceTimersByTime(1);
    expect([clock.now(), clock.businessDate()]).toEqual(['2026-04-01T00:00:00.000Z', '2026-04-01']);
  });

  it('stays on a pinned day and keeps the time of day', () => {
    const clock = systemClock('1998-06-30');
    expect([clock.now(), clock.businessDate()]).toEqual(['1998-06-30T23:59:59.999Z', '1998-06-30']);
    jest.advanceTimersByTime(1);
    expect([clock.now(), clock.businessDate()]).toEqual(['1998-06-30T00:00:00.000Z', '1998-06-30']);
  });

  it('tells up to when timers are due: up to now, or to the end of the pinned day', () => {
    expect(systemClock().dueBy()).toBe('2026-03-31T23:59:59.999Z');
    jest.advanceTimersByTime(1);
    expect(systemClock().dueBy()).toBe('2026-04-01T00:00:00.000Z');
    expect(systemClock('1998-06-30').dueBy()).toBe('1998-06-30T23:59:59.999Z');
  });
});
