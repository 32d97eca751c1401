import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

export interface PostmasterFile {
  pid: number;
  /** `starting`, `ready`, `stopping` or `standby`. */
  status: string;
}

/** What PostgreSQL says of its running server in `postmaster.pid`, or undefined when the file is not there. */
export async function readPostmasterFile(directory: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(directory, 'postmaster.pid'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  // Lines: pid, directory, start time, port, socket folder, address, shared memory, status.
  const lines = text?.split('\n') ?? [];
  const pid = Number(lines[0]);
  return Number.isInteger(pid) && pid > 0 ? { pid, status: (lines[7] ?? '').trim() } : undefined;
}

/**
 * Whether a process is really a postmaster of this directory. The pid alone proves nothing: the file of a server that
 * was killed stays behind, and its pid is some other process's by now.
 */
export async function isPostmasterOf(directory: string, pid: number): Promise<boolean> {
  if (process.platform === 'linux') {
    // Not by /proc/PID/cwd, though that would be surer: root in a container may not read it of another user's process.
    const [program, ...args] = (await procFile(pid, 'cmdline')).split('\0');
    // The title of a backend is `postgres: …`; only a postmaster keeps its command line.
    return basename(program ?? '') === 'postgres' && args.includes(directory);
  }
  const command = await ps(pid, 'command');
  return /^\S*postgres\s/.test(command) && command.includes(directory);
}

/** The command line of the process's parent; empty when there is no such process. */
export async function parentCommand(pid: number): Promise<string> {
  if (process.platform !== 'linux') return ps(Number(await ps(pid, 'ppid')), 'command');
  // Slim containers have no `ps`.
  const parent = /^PPid:\s*(\d+)$/m.exec(await procFile(pid, 'status'));
  return parent ? (await procFile(Number(parent[1]), 'cmdline')).replaceAll('\0', ' ') : '';
}

async function procFile(pid: number, name: string): Promise<string> {
  return readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
}

async function ps(pid: number, column: 'command' | 'ppid'): Promise<string> {
  return promisify(execFile)('ps', ['-ww', '-o', `${column}=`, '-p', String(pid)]).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  );
}
