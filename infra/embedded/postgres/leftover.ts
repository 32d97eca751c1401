import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isPostmasterOf, parentCommand, readPostmasterFile } from './postmaster-file.js';

/** The command line of a launcher names its program, by whatever path it was started. */
const launcher = /\bembedded[/\\]postgres[/\\]main\.js\b/;

/**
 * Clears what an earlier run left: stops a server of this directory whose launcher is gone (killed by SIGKILL, a
 * launcher cannot stop it), and removes the `postmaster.pid` of a server that is no more.
 * @throws when the server's launcher lives: the data folder is in use.
 */
export async function clearLeftovers(directory: string): Promise<void> {
  const pid = (await readPostmasterFile(directory))?.pid;
  if (pid === undefined) return;
  if (await isPostmasterOf(directory, pid)) await stop(directory, pid);
  // PostgreSQL asks of a pid only whether it is some process, and refuses to start beside any: one that was given the
  // pid since (in a restarted container likely the same ones again), or a dead one that nobody has asked for. Safe to
  // remove: backends of a killed server still hold shared memory by the directory's inode, and that is refused too.
  await rm(join(directory, 'postmaster.pid'), { force: true });
}

async function stop(directory: string, pid: number): Promise<void> {
  if (launcher.test(await parentCommand(pid)))
    throw new Error(`${directory} is in use: a PostgreSQL server (pid ${pid}) runs on it. Stop that one first.`);
  // First the fast shutdown, then the one that leaves the rest to recovery, then the end.
  for (const [signal, patience] of [
    ['SIGINT', 20_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!send(pid, signal) || (await goneWithin(patience, directory, pid))) return;
  }
  throw new Error(`An earlier PostgreSQL server (pid ${pid}) on ${directory} cannot be stopped.`);
}

async function goneWithin(milliseconds: number, directory: string, pid: number): Promise<boolean> {
  for (const end = performance.now() + milliseconds; performance.now() < end; await delay(20)) {
    if (!(await isPostmasterOf(directory, pid))) return true;
  }
  return false;
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
