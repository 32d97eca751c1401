import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError, exitCode } from '../exit.js';
import { readIfThere, writePrivateFile } from '../private-file.js';
import { identify, isAlive, type ProcessIdentity } from '../process-identity.js';

interface Holder extends ProcessIdentity {
  since: string;
  command: string;
  /** The processes that it started, for who takes over after it was killed. */
  children: ProcessIdentity[];
}

/**
 * The right to work in a data folder: a file that names its holder. A lock whose holder no longer runs is taken over;
 * its holder is told from a later process with the same pid by the time when it started.
 */
export class FolderLock {
  private constructor(
    private readonly path: string,
    private readonly holder: Holder,
    /** Processes of a killed holder that may still run. They stop by themselves; wait for them. */
    readonly leftovers: readonly ProcessIdentity[],
  ) {}

  /**
   * Takes the lock of a folder, and makes the folder where there is none.
   * @throws CliError (exit code 2) naming the holder when there is one.
   */
  static take(folder: string, command: string): FolderLock {
    makeFolder(folder);
    const path = join(folder, 'lock');
    const self = identify(process.pid) ?? { pid: process.pid, started: '' };
    const holder: Holder = { ...self, since: new Date().toISOString(), command, children: [] };
    const leftovers: ProcessIdentity[] = [];
    const mine = `${path}.${process.pid}`;
    writeFileSync(mine, JSON.stringify(holder), { mode: 0o600 });
    try {
      // A hard link fails where the name is taken: of several that start at once, one gets it.
      while (!tryLink(mine, path)) leftovers.push(...removeStale(path, folder));
    } finally {
      rmSync(mine, { force: true });
    }
    return new FolderLock(path, holder, leftovers);
  }

  /** Notes the processes that run for the holder, so that they can be waited for if it is killed. */
  noteChildren(children: readonly ProcessIdentity[]): void {
    this.holder.children = [...children];
    writePrivateFile(this.path, JSON.stringify(this.holder));
  }

  release(): void {
    if (parse(readIfThere(this.path))?.pid === process.pid) rmSync(this.path, { force: true });
  }
}

/**
 * Nobody else's business: there are keys and customers in it. As root PostgreSQL runs as another user, who gets past
 * that by `setpriv`; where there is none, others may pass through the folder, though not look into it.
 */
function folderMode(): number {
  if (process.getuid?.() !== 0) return 0o700;
  return spawnSync('setpriv', ['--version']).status === 0 ? 0o700 : 0o711;
}

function makeFolder(folder: string): void {
  try {
    if (!existsSync(folder)) mkdirSync(folder, { recursive: true, mode: folderMode() });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new CliError(`The data folder cannot be used: ${(error as Error).message}`, exitCode.usage);
  }
}

function removeStale(path: string, folder: string): ProcessIdentity[] {
  const text = readIfThere(path);
  if (text === undefined) return [];
  const holder = parse(text);
  if (holder && isAlive(holder))
    throw new CliError(
      `The data folder ${folder} is in use by \`rapport ${holder.command}\` (pid ${holder.pid}, since ${holder.since}). ` +
        'Stop that one, or choose another folder with --data.',
      exitCode.usage,
    );
  // Moved away first and looked at again: meanwhile somebody else may have taken it over, and that lock is not stale.
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const moved = readIfThere(aside);
  if (moved !== text) tryLink(aside, path);
  rmSync(aside, { force: true });
  return moved === text ? (holder?.children ?? []) : [];
}

function parse(text: string | undefined): Holder | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Holder);
  } catch {
    // Torn by a full disk: nobody who runs has written that.
    return undefined;
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
