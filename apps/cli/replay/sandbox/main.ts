import { createRequire } from 'node:module';
import { runInThisContext } from 'node:vm';
import type { Event, Projection } from '../projection.js';
import { attempt, Fold, ProjectionFailed } from './fold.js';
import { BUNDLE, type Start, type Told } from './messages.js';
import { LineWriter, linesOf } from './pipes.js';
import { rowText } from './plain-row.js';
import { takeClockAndChance } from './pure.js';

/*
 * The process of a projection. Events come in by standard input, what comes of them goes out by descriptor 3. It reads
 * and writes without the event loop: a timer, a request or whatever else an analyst left open never gets a turn.
 */

const STANDARD_INPUT = 0;
const RESULTS = 3;

const out = new LineWriter(RESULTS);
const tell = (told: Told) => out.write(JSON.stringify(told));

try {
  run(linesOf(STANDARD_INPUT));
} catch (error) {
  if (!(error instanceof ProjectionFailed)) throw error;
  tell({ kind: 'failed', failure: error.failure });
}
out.flush();
process.exit();

function run(lines: Iterator<string>): void {
  const { code, modules } = JSON.parse(lines.next().value as string) as Start;
  const projection = load(code, modules);
  tell({ kind: 'loaded', name: projection.name, types: projection.types ? [...projection.types] : null });
  out.flush();
  takeClockAndChance();
  const fold = new Fold(projection);
  for (let line = lines.next(); !line.done; line = lines.next()) fold.take(eventIn(line.value));
  for (const row of fold.rows()) out.write(`{"kind":"row","row":${attempt('row', () => rowText(row))}}`);
  tell({ kind: 'done' });
}

function eventIn(line: string): Event {
  const event = JSON.parse(line) as Event;
  event.position = BigInt(event.position);
  return event;
}

function load(code: string, modules: readonly string[]): Projection<unknown, object> {
  // What has a network could not answer before the end anyway: better it says so.
  Reflect.deleteProperty(globalThis, 'fetch');
  Reflect.deleteProperty(globalThis, 'WebSocket');
  const builtIn = createRequire(import.meta.url);
  const require = (name: string) => {
    if (modules.includes(name)) return builtIn(name);
    throw new Error(`A projection may not use the module ${name}.`);
  };
  const module: { exports: { default?: unknown } } = { exports: {} };
  attempt('loading', () => {
    // The wrapper is a line before the code: lines are counted from 0 at the first of the code.
    const wrapper = `(function (exports, require, module) {\n${code}\n})`;
    const wrapped = runInThisContext(wrapper, { filename: BUNDLE, lineOffset: -1 });
    wrapped(module.exports, require, module);
  });
  return checked(module.exports.default);
}

function checked(exported: unknown): Projection<unknown, object> {
  const { name, key, evolve, finish, types } = (exported ?? {}) as Partial<Projection<unknown, object>>;
  const wrong = (message: string) => new ProjectionFailed('loading', new TypeError(message));
  if (exported === undefined) throw wrong('The file has no default export: `export default { name, key, evolve }`.');
  if (typeof name !== 'string' || name === '') throw wrong('The projection has no name.');
  if (typeof key !== 'function') throw wrong('The projection has no function key.');
  if (typeof evolve !== 'function') throw wrong('The projection has no function evolve.');
  if (finish !== undefined && typeof finish !== 'function') throw wrong('finish must be a function.');
  if (types !== undefined && !Array.isArray(types)) throw wrong('types must be a list of types of events.');
  return exported as Projection<unknown, object>;
}
