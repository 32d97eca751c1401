import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { identify } from '../process-identity.js';

/** By then whoever has chosen a port listens on it. */
const VALID_MS = 60_000;

const claimed = new Set<string>();

function fileOf(port: number): string {
  return join(tmpdir(), `rapport-ports-${userInfo().username}`, String(port));
}

/**
 * Tells other systems that start on this machine that a port is chosen: for some seconds nobody listens on it yet.
 * @returns whether nobody else has; where no file can be written, nobody can tell.
 */
export function claimPort(port: number): boolean {
  const file = fileOf(port);
  try {
    mkdirSync(join(file, '..'), { recursive: true });
    if (isStale(file)) rmSync(file, { force: true });
    writeFileSync(file, String(process.pid), { flag: 'wx' });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EEXIST';
  }
  if (claimed.size === 0) process.once('exit', () => claimed.forEach((held) => void rmSync(held, { force: true })));
  claimed.add(file);
  return true;
}

function isStale(file: string): boolean {
  try {
    const pid = readFileSync(file, 'utf8');
    const isOld = Date.now() - statSync(file).mtimeMs > VALID_MS;
    // Without a pid it is just being written.
    return isOld || (pid !== '' && identify(Number(pid)) === undefined);
  } catch {
    return false;
  }
}
