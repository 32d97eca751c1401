import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere, writePrivateFile } from './private-file.js';
import { isAlive, type ProcessIdentity } from './process-identity.js';

/** What a running system tells the other commands, in `run.json` of its data folder. It holds a key: mode 600. */
export interface RunFile {
  supervisor: ProcessIdentity;
  /** Null when only stand-ins run (`rapport embedded`). */
  api: string | null;
  /** Where the worker's health and metrics are. */
  worker: string | null;
  apiKey: string | null;
  eventStore: string | null;
  kafka: string[];
  database: string | null;
  businessDate: string | null;
  children: Record<string, ProcessIdentity>;
}

export function writeRunFile(data: string, run: RunFile): void {
  writePrivateFile(join(data, 'run.json'), `${JSON.stringify(run, null, 2)}\n`);
}

export function removeRunFile(data: string): void {
  rmSync(join(data, 'run.json'), { force: true });
}

/** What the system on a data folder says of itself; undefined when none runs, even if one was killed and left its file. */
export function readRunFile(data: string): RunFile | undefined {
  const text = readIfThere(join(data, 'run.json'));
  if (text === undefined) return undefined;
  try {
    const run = JSON.parse(text) as RunFile;
    return isAlive(run.supervisor) ? run : undefined;
  } catch {
    return undefined;
  }
}
