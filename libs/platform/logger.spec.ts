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

  it('keeps what tells of an error, and not the rows that PostgreSQL says with it', () => {
    const lines: string[] = [];
    const logger = createLogger('api', 'warn', { write: (line) => lines.push(line) });
    const own = { code: '23505', detail: 'Key (name)=(Hoa) exists.', where: 'COPY t: "Hoa"', internalQuery: "= 'Hoa'" };
    const cause = Object.assign(new TypeError('duplicate key'), own);
    logger.warn({ err: new Error('It failed', { cause }) }, 'A request failed.');
    expect(JSON.parse(lines[0]!).err).toEqual({
      type: 'Error',
      message: 'It failed',
      stack: expect.stringContaining('logger.spec'),
      cause: { type: 'TypeError', message: 'duplicate key', code: '23505', stack: expect.any(String) },
    });
    expect(lines[0]).not.toContain('Hoa');
  });
});
