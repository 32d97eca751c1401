import { resolve } from 'node:path';
import type { Context } from '../context.js';
import { identify, type ProcessIdentity } from '../process-identity.js';
import { type RunFile, removeRunFile, writeRunFile } from '../run-file.js';
import { FolderLock } from './folder-lock.js';
import { awaitLeftovers } from './leftovers.js';
import { StopRequest } from './stop-request.js';
import { Supervisor } from './supervisor.js';

/** What a running system says of itself, apart from its processes. */
export type Announcement = Omit<RunFile, 'supervisor' | 'children'>;

export interface Session {
  supervisor: Supervisor;
  /** The data folder, as an absolute path. */
  data: string;
  /** Aborted when somebody asks to stop. */
  signal: AbortSignal;
  /** Writes `run.json`, and keeps it true while processes come and go. */
  announce(announcement: Announcement): void;
}

/**
 * Runs children on a data folder until somebody asks to stop: takes the folder's lock, lets `start` bring them up, and
 * stops them in order, whatever happened.
 */
export async function runSession(
  { output, settings }: Context,
  command: string,
  start: (session: Session) => Promise<void>,
): Promise<void> {
  const data = resolve(settings.data);
  const lock = FolderLock.take(data, command);
  const request = new StopRequest(settings.supervised);
  const stopping = new AbortController();
  const self = identify(process.pid) ?? { pid: process.pid, started: '' };
  let announcement: Announcement | undefined;
  const writeRun = () => {
    if (announcement) writeRunFile(data, { supervisor: self, ...announcement, children: supervisor.running });
  };
  const supervisor = new Supervisor(output, (children: ProcessIdentity[]) => {
    try {
      lock.noteChildren(children);
      writeRun();
    } catch (error) {
      // A full disk: the children may live through it, so this process must too.
      output.notice(`The processes that run could not be noted: ${(error as Error).message}`);
    }
  });
  const session: Session = {
    supervisor,
    data,
    signal: stopping.signal,
    announce: (what) => {
      announcement = what;
      writeRun();
    },
  };
  const started = (async () => {
    await awaitLeftovers(lock.leftovers, (line) => output.notice(line));
    await start(session);
  })();
  // Stopped while starting, what was being started fails: that is no news.
  started.catch(() => {});
  try {
    await Promise.race([request.requested, started.then(() => request.requested)]);
    output.info('Stopping.');
  } finally {
    stopping.abort();
    // Not offered any more before it goes: another command must not find it and then lose it.
    announcement = undefined;
    removeRunFile(data);
    request.hurry = () => void supervisor.hurry();
    await supervisor.stop();
    lock.release();
    request.dispose();
  }
}
