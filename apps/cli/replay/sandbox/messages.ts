/** What goes to the process of a projection first; the events follow, a line each, until the pipe ends. */
export interface Start {
  /** The bundled file, as a CommonJS module. */
  code: string;
  /** The built-in modules of Node.js that it may use. */
  modules: readonly string[];
}

/** Where in the work an error came up. */
export type Step = 'loading' | 'key' | 'evolve' | 'finish' | 'row';

/** What went wrong in an analyst's code. */
export interface Failure {
  step: Step;
  message: string;
  stack: string;
  event?: { type: string; position: string; eventId: string };
}

/** What comes from the process of a projection, a line each. */
export type Told =
  | { kind: 'loaded'; name: string; types: string[] | null }
  | { kind: 'failed'; failure: Failure }
  | { kind: 'row'; row: Record<string, unknown> }
  | { kind: 'done' };

/** Under this name the code stands in stack traces. */
export const BUNDLE = 'rapport-replay-bundle.js';
