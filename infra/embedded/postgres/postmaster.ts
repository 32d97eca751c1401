import type { ChildProcess } from 'node:child_process';
import { createConnection } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Account } from './account.js';
import { readPostmasterFile } from './postmaster-file.js';

/** Backends of a killed server hold its shared memory for a moment; a new server refuses to start until they are gone. */
const stillDying = /pre-existing shared memory block|lock file "postmaster\.pid" already exists/;
const patience = 30_000;

/** A running PostgreSQL server. */
export interface Postmaster {
  /** Ends every connection, checkpoints and stops. */
  stop(): Promise<void>;
  /** Settles when the server ends, asked or not, with what it ended by. */
  ended: Promise<string>;
}

/** Starts the server of a cluster and waits until it takes connections. */
export async function startPostmaster(
  postgres: string,
  directory: string,
  port: number,
  account: Account,
): Promise<Postmaster> {
  const deadline = performance.now() + patience;
  for (;;) {
    const attempt = await tryStart(postgres, directory, port, account);
    if ('stop' in attempt) return attempt;
    if (!stillDying.test(attempt.failed) || performance.now() > deadline)
      throw new Error(`PostgreSQL did not start: ${attempt.failed.trim()}`);
    await delay(100);
  }
}

async function tryStart(
  postgres: string,
  directory: string,
  port: number,
  account: Account,
): Promise<Postmaster | { failed: string }> {
  const child = account.spawn(postgres, ['-D', directory, '-p', String(port), ...options()], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // A group of its own: Ctrl-C in a terminal must not stop the server before those that still write to it.
    detached: true,
  });
  // Where no setpriv ties the server to this process, leaving for an error must still take it along.
  const takeAlong = () => child.kill('SIGINT');
  process.once('exit', takeAlong);
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    if (said.length < 10_000) said += chunk;
    process.stderr.write(chunk);
  });
  let over = false;
  const ended = endOf(child).finally(() => {
    over = true;
    process.off('exit', takeAlong);
  });
  while (!over && !(await isReady(directory, child.pid, port))) await Promise.race([ended, delay(20)]);
  return over ? { failed: said || (await ended) } : { ended, stop: () => stop(child, ended) };
}

function options(): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    // No socket in /tmp: its name holds the port only, and clashes with the server of another user.
    unix_socket_directories: '',
    // What the defaults say already, said aloud: acknowledged means on the disk.
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}

async function isReady(directory: string, pid: number | undefined, port: number): Promise<boolean> {
  // The file and not the port alone: a server of somebody else may answer on it. `setpriv` keeps the pid on exec.
  const file = await readPostmasterFile(directory);
  return file?.pid === pid && file?.status === 'ready' && (await answers(port));
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.kill('SIGINT');
  // A fast shutdown ends with a checkpoint, which may take a while. Recovery is no loss, only slower at the next start.
  const hurry = setTimeout(() => child.kill('SIGQUIT'), 20_000);
  await ended;
  clearTimeout(hurry);
}
