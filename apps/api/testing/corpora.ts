import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const SHARED = process.env.RAPPORT_SHARED ?? join(import.meta.dirname, '../../../../shared');
const EDGE = join(SHARED, 'data/edge');

/** `describe`, or `describe.skip` with a message where the corpora are missing; in CI they must be there. */
export function describeWithCorpora(): typeof describe {
  if (existsSync(EDGE)) return describe;
  const message = `There are no corpora in ${EDGE}; RAPPORT_SHARED says where they are.`;
  if (process.env.CI === 'true') throw new Error(message);
  process.stderr.write(`${message} Skipped.\n`);
  return describe.skip;
}

export function corpus(name: string): string {
  return join(EDGE, name);
}

/** The documents of the JSON suite by file name. */
export function jsonSuite(): { name: string; bytes: Buffer }[] {
  const archive = corpus('JSONTestSuite.tar.gz');
  const names = execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' }).split('\n');
  return names
    .filter((name) => /(^|\/)test_parsing\/[niy]_[^/]*\.json$/.test(name))
    .map((name) => ({ name, bytes: execFileSync('tar', ['-xzOf', archive, name], { maxBuffer: 1 << 24 }) }));
}
