import { createLogger } from './logger.js';

describe('a logger', () => {
  it('names its program, and tells from its level on', () => {
    const logger = createLogger('worker', 'warn');
    expect(logger.bindings()).toEqual({ name: 'worker' });
    expect(['debug', 'info', 'warn', 'error'].map((level) => logger.isLevelEnabled(level))).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  it('can be silent', () => {
    expect(createLogger('api', 'silent').isLevelEnabled('fatal')).toBe(false);
  });
});
