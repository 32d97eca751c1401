import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { CliError, exitCode } from '../exit.js';
import { identify, type ProcessIdentity } from '../process-identity.js';
import { BackOff } from './back-off.js';
import { deferred } from './deferred.js';
import { LogFile } from './log-file.js';

export interface ChildSpec {
  /** As a person says it: `event store`. */
  name: string;
  /** The built program, and its arguments: the same at every start, so that it comes back on the same port. */
  program: string;
  args: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  log: string;
}

/** The line by which a child says that it is up. */
export interface ReadyLine {
  ready: true;
  port?: number;
  url?: string;
}

export interface ChildWatcher {
  notice(line: string): void;
  /** Another process runs now, or none. */
  changed(): void;
}

const nodeOptions = [
  // It comes from a library, and nobody who uses Rapport can do anything about it.
  '--disable-warning=TimeoutNegativeWarning',
  // A young generation of 64 MiB instead of 16: what a batch needs dies in it, and is not copied around.
  '--max-semi-space-size=64',
];
const startAttempts = 3;
/** Flushing and closing stores takes a while on a slow disk; killing them costs a recovery, not data. */
const stopPatience = 45_000;
const hurriedPatience = 2_000;

/** One child process that is started again whenever it dies, until it is stopped. */
export class SupervisedChild {
  private process: ChildProcess | undefined;
  private identity: ProcessIdentity | undefined;
  private stopping = false;
  private failedStarts = 0;
  private restart: NodeJS.Timeout | undefined;
  private killer: NodeJS.Timeout | undefined;
  private killAt = Number.POSITIVE_INFINITY;
  private readonly log: LogFile;
  private readonly firstReady = deferred<ReadyLine>();
  private readonly stopped = deferred<void>();
  private isUp = false;

  constructor(
    private readonly spec: ChildSpec,
    private readonly watcher: ChildWatcher,
    private readonly backOff = new BackOff(),
  ) {
    this.log = new LogFile(spec.log);
    // Who stops a child that is starting may no longer wait for it.
    this.firstReady.promise.catch(() => {});
  }

  /** The process that runs now, if any. */
  get running(): ProcessIdentity | undefined {
    return this.identity;
  }

  get name(): string {
    return this.spec.name;
  }

  /**
   * Starts it and waits until it says that it is ready.
   * @throws CliError with the last lines of its log when it cannot start.
   */
  start(): Promise<ReadyLine> {
    this.launch();
    return this.firstReady.promise;
  }

  /** Asks it to stop, and kills it when it takes too long. Resolves when it is gone. */
  stop(patience = stopPatience): Promise<void> {
    this.stopping = true;
    clearTimeout(this.restart);
    if (!this.process) this.gone();
    this.process?.kill('SIGTERM');
    // Asked again and again, the first limit holds: whoever keeps pressing Ctrl-C must not put it off.
    const killAt = performance.now() + patience;
    if (killAt < this.killAt) {
      this.killAt = killAt;
      clearTimeout(this.killer);
      this.killer = setTimeout(() => this.process?.kill('SIGKILL'), patience);
    }
    return this.stopped.promise.finally(() => clearTimeout(this.killer));
  }

  /** Stops it with little patience. */
  hurry(): Promise<void> {
    return this.stop(hurriedPatience);
  }

  private launch(): void {
    const began = performance.now();
    try {
      this.spawn(began);
    } catch (error) {
      // No room for a log file or for a process: as good as a death, and tried again like one.
      this.died(error instanceof Error ? error.message : String(error), null, 0);
    }
  }

  private spawn(began: number): void {
    const { program, args, env } = this.spec;
    // At every start: nobody else writes to it now, and a system may run for months.
    this.log.rotate();
    const stderr = this.log.open();
    try {
      this.process = spawn(process.execPath, [...nodeOptions, program, ...args], {
        env: { ...env, RAPPORT_SUPERVISED: '1' },
        // The pipe to its standard input never carries anything: its end tells the child that this process is gone.
        stdio: ['pipe', 'pipe', stderr],
        // A group of its own: Ctrl-C in a terminal goes to the whole group, and all would stop at once, in any order.
        detached: true,
      });
    } finally {
      closeSync(stderr);
    }
    this.watch(this.process, began);
    this.watcher.changed();
  }

  private watch(child: ChildProcess, began: number): void {
    this.identity = child.pid === undefined ? undefined : identify(child.pid);
    child.once('close', (code, signal) => this.died(signal ?? `exit code ${code}`, code, performance.now() - began));
    child.once('error', (error) => {
      // Not started at all, as with too many open files: no `close` may follow.
      if (child.pid !== undefined) return;
      child.removeAllListeners('close');
      this.died(error.message, null, 0);
    });
    // Writing to a child that died is no error of ours.
    child.stdin?.on('error', () => {});
    if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => this.heard(line));
  }

  private heard(line: string): void {
    const ready = readyLine(line);
    if (!ready) {
      this.log.append(line);
      return;
    }
    if (this.isUp) this.watcher.notice(`The ${this.name} is up again.`);
    this.isUp = true;
    this.firstReady.resolve(ready);
  }

  private died(how: string, code: number | null, ranMs: number): void {
    this.process = undefined;
    this.identity = undefined;
    this.watcher.changed();
    if (this.stopping) {
      this.gone();
      return;
    }
    if (!this.isUp && (++this.failedStarts === startAttempts || code === exitCode.usage)) {
      this.firstReady.reject(this.cannotStart(how, code));
      return;
    }
    const delay = this.backOff.next(ranMs);
    this.watcher.notice(`The ${this.name} ended (${how}); it is started again in ${delay} ms. Log: ${this.log.path}`);
    this.restart = setTimeout(() => this.launch(), delay);
  }

  private gone(): void {
    this.firstReady.reject(new CliError(`The ${this.name} was stopped before it was ready.`, exitCode.unreachable));
    this.stopped.resolve();
  }

  private cannotStart(how: string, code: number | null): CliError {
    const exit = code === exitCode.usage ? exitCode.usage : exitCode.unreachable;
    return new CliError(`The ${this.name} cannot start (${how}). Log: ${this.log.path}`, exit, this.log.lastLines(10));
  }
}

function readyLine(line: string): ReadyLine | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const said = JSON.parse(line) as Partial<ReadyLine>;
    return said.ready === true ? (said as ReadyLine) : undefined;
  } catch {
    return undefined;
  }
}
