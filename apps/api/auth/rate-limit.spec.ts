import { RateLimit, TooManyRequests } from './rate-limit.js';

describe('the limit of requests', () => {
  let now: number;
  const limitOf = (perSecond: number) => new RateLimit(perSecond, () => now);

  beforeEach(() => {
    now = 0;
  });

  it('lets a second’s worth through at once, then refuses, and lets through again what time brings', () => {
    const limit = limitOf(10);
    for (let sent = 0; sent < 10; sent++) limit.take('a');
    expect(() => limit.take('a')).toThrow(TooManyRequests);
    now = 100;
    limit.take('a');
    expect(() => limit.take('a')).toThrow(new TooManyRequests(1));
  });

  it('counts each sender alone', () => {
    const limit = limitOf(1);
    limit.take('a');
    limit.take('b');
    expect(() => limit.take('a')).toThrow(TooManyRequests);
  });

  it('saves no more than a second’s worth, however long a sender was quiet', () => {
    const limit = limitOf(2);
    limit.take('a');
    now = 60_000;
    limit.take('a');
    limit.take('a');
    expect(() => limit.take('a')).toThrow(TooManyRequests);
  });

  it('is none when it is 0', () => {
    const limit = limitOf(0);
    for (let sent = 0; sent < 10_000; sent++) limit.take('a');
  });
});
