import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SHARED_DATA } from '#apps/cli/testing/shared-data.js';

const EDGE = join(SHARED_DATA, 'edge');

/** `describe`, or `describe.skip` with a message where the corpora are missing; in CI they must be there. */
export function describeWithCorpora(): typeof describe {
  if (existsSync(EDGE)) return describe;
  const message = `There are no corpora in ${EDGE}; RAPPORT_SHARED says where they are.`;
  if (process.env.CI) throw new Error(message);
  process.stderr.write(`${message} Skipped.\n`);
  return describe.skip;
}

export function corpus(name: string): string {
  return join(EDGE, name);
}

/** The documents of the JSON suite by file name. */
export function jsonSuite(): { name: string; bytes: Buffer }[] {
  const folder = mkdtempSync(join(tmpdir(), 'rapport-json-suite-'));
  try {
    execFileSync('tar', ['-xzf', corpus('JSONTestSuite.tar.gz'), '-C', folder]);
    const documents = join(folder, 'test_parsing');
    return readdirSync(documents)
      .filter((name) => /^[niy]_.*\.json$/.test(name))
      .map((name) => ({ name, bytes: readFileSync(join(documents, name)) }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
