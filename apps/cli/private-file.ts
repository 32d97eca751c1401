import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/**
 * Writes a file that only its owner reads, whole or not at all: beside it and then renamed. A reader never sees half of
 * it, and a file that stood there with wider rights is replaced, not reused.
 */
export function writePrivateFile(path: string, text: string): void {
  const beside = `${path}.${process.pid}`;
  writeFileSync(beside, text, { mode: 0o600, flush: true });
  chmodSync(beside, 0o600);
  renameSync(beside, path);
}

/** The text of a file, or undefined when it is not there. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
