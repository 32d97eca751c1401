import pg from 'pg';

/**
 * Loaded before a program (`node --import`), this kills the process at a statement that it sends to PostgreSQL, as a
 * crash would: nothing is closed, nothing is told. RAPPORT_SPEC_DIES_AT is `before` or `after` (it was carried out),
 * the how-manieth statement of that kind, and a regular expression that its text matches, or its text with the values.
 */
const [, when, count, pattern] = /^(before|after) (\d+) (.+)$/.exec(process.env.RAPPORT_SPEC_DIES_AT ?? '') ?? [];
if (!when || !count || !pattern) {
  throw new Error('RAPPORT_SPEC_DIES_AT is no `before|after NUMBER PATTERN`.');
}

const matching = new RegExp(pattern);
// biome-ignore lint/suspicious/noExplicitAny: whatever `query` may be called with.
type Query = (this: pg.Client, ...args: any[]) => any;
const query = pg.Client.prototype.query as Query;
let seen = 0;

(pg.Client.prototype as { query: Query }).query = function (...args) {
  const text: string = typeof args[0] === 'string' ? args[0] : (args[0]?.text ?? '');
  const values = Array.isArray(args[1]) ? args[1] : [];
  if (!(matching.test(text) || matching.test(`${text} ${values}`)) || ++seen !== Number(count)) {
    return query.apply(this, args);
  }
  if (when === 'before') die();
  // A pool hands over a callback, a transaction waits for a promise.
  const callback = args.findIndex((arg) => typeof arg === 'function');
  if (callback >= 0) args[callback] = die;
  const result = query.apply(this, args);
  return callback >= 0 ? result : result.then(die);
};

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  // The signal takes effect before this does anything.
  for (;;);
}
