import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The built programs, whether this runs from the sources (under Jest) or is built itself. */
export const DIST = join(rootAbove(import.meta.dirname), 'dist');

function rootAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootAbove(dirname(folder));
}
