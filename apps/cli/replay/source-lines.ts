import { SourceMap, type SourceMapping } from 'node:module';
import { relative, resolve } from 'node:path';
import { BUNDLE } from './sandbox/messages.js';

const FRAME = new RegExp(
  `^\\s*at (?:(.*?) \\()?(?:[^\\s()]*[\\\\/])?${BUNDLE.replaceAll('.', '\\.')}:(\\d+):(\\d+)\\)?$`,
);

/** Tells where in an analyst's files something of their bundle stands. */
export class SourceLines {
  private readonly map: SourceMap;

  /** @param folder from which the map's paths go. */
  constructor(
    map: string,
    private readonly folder: string,
  ) {
    this.map = new SourceMap(JSON.parse(map));
  }

  /** The frames of a stack that lie in the analyst's files, as `evolve (file.ts:12:5)`. Others say nothing to them. */
  framesIn(stack: string): string[] {
    return stack.split('\n').flatMap((line) => {
      const frame = FRAME.exec(line);
      if (frame === null) return [];
      const place = this.placeOf(Number(frame[2]), Number(frame[3]));
      if (place === undefined) return [];
      return [frame[1] === undefined ? `at ${place}` : `at ${frame[1]} (${place})`];
    });
  }

  private placeOf(line: number, column: number): string | undefined {
    const entry = this.map.findEntry(line - 1, column - 1) as Partial<SourceMapping>;
    if (entry.originalSource === undefined) return undefined;
    const file = shownPath(resolve(this.folder, entry.originalSource));
    return `${file}:${entry.originalLine! + 1}:${entry.originalColumn! + 1}`;
  }
}

/** A path as a person finds it: from the working directory on, where it lies below. */
export function shownPath(path: string): string {
  const shown = relative('', path);
  return shown.startsWith('..') ? path : shown;
}
