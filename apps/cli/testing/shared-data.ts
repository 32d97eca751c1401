import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The real data, beside the project or where RAPPORT_SHARED says. */
export const SHARED_DATA = join(process.env.RAPPORT_SHARED ?? join(import.meta.dirname, '../../../../shared'), 'data');

/** Specs that need the real data: skipped with the reason where it is missing, failed there when CI should have it. */
export function withSharedData(name: string, specs: () => void): void {
  if (existsSync(SHARED_DATA)) {
    describe(name, specs);
    return;
  }
  if (process.env.CI) throw new Error(`${SHARED_DATA} is missing.`);
  describe.skip(`${name} (skipped: ${SHARED_DATA} is missing)`, specs);
}
