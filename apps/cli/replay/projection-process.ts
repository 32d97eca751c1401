import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Recorded } from '#contracts/envelope.js';
import { unreachable } from '#domain/decider.js';
import { CliError, exitCode } from '../exit.js';
import { type Bundle, MODULES } from './bundle.js';
import { MemoryWatch } from './memory-watch.js';
import type { Failure, Start, Told } from './sandbox/messages.js';

const SANDBOX = join(import.meta.dirname, 'sandbox/main.js');
/** As a shell tells of a process that SIGTERM ended. */
const END_REQUESTED = 143;
const ERRORS_KEPT = 16_384;
const OUT_OF_HEAP = /heap out of memory/;

export interface Limits {
  seconds: number;
  mebibytes: number;
}

/**
 * A process in which an analyst's projection runs: with no environment, no access to files, and no way to start others
 * (as far as the running Node.js can refuse it), and for so long, and with so much memory, as it may. It is given events
 * and gives rows; what it prints goes to standard error.
 */
export class ProjectionProcess {
  private readonly child: ChildProcess;
  private readonly input: Writable;
  private readonly told: AsyncIterator<string>;
  private readonly closed: Promise<unknown>;
  private readonly watches: { stop(): void }[];
  private stoppedFor: 'time' | 'memory' | undefined;
  private errors = '';
  private handedOver = 0;
  private last: Recorded | undefined;

  constructor(
    private readonly bundle: Bundle,
    private readonly limits: Limits,
    /** What the process runs. */
    program = SANDBOX,
  ) {
    this.child = spawn(process.execPath, [...flagsOf(limits, dirname(program)), program], {
      // In UTC wherever it runs, so that it comes to the same; nothing else.
      env: { TZ: 'UTC' },
      cwd: dirname(program),
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    });
    this.closed = once(this.child, 'close');
    this.input = this.child.stdin!;
    // What ended does not read on; why is found out from what it told.
    this.input.on('error', () => {});
    this.child.stdout!.pipe(process.stderr, { end: false });
    this.child.stderr!.on('data', (text: Buffer) => {
      if (this.errors.length < ERRORS_KEPT) this.errors += text;
    });
    this.told = createInterface({ input: this.child.stdio[3] as Readable })[Symbol.asyncIterator]();
    const timer = setTimeout(() => this.stopFor('time'), limits.seconds * 1000);
    // An endless loop would survive whoever started it.
    const kill = () => this.child.kill('SIGKILL');
    const end = () => process.exit(END_REQUESTED);
    process.once('exit', kill).once('SIGTERM', end).once('SIGHUP', end);
    this.watches = [
      new MemoryWatch(this.child.pid, limits.mebibytes, () => this.stopFor('memory')),
      { stop: () => clearTimeout(timer) },
      { stop: () => process.off('exit', kill).off('SIGTERM', end).off('SIGHUP', end) },
    ];
  }

  /** Loads the projection, and tells what it says of itself. @throws CliError */
  async load(): Promise<{ name: string; types: string[] | null }> {
    const start: Start = { code: this.bundle.code, modules: MODULES };
    this.input.write(`${JSON.stringify(start)}\n`);
    const told = await this.next();
    if (told?.kind === 'loaded') return told;
    throw await this.reasonFor(told, exitCode.usage);
  }

  /** @returns false when it takes no more: `rows` tells why. */
  async take(events: Recorded[]): Promise<boolean> {
    if (events.length === 0) return this.isRunning;
    this.handedOver += events.length;
    this.last = events.at(-1);
    const free = this.input.write(events.map(lineOf).join(''));
    if (!free && this.isRunning) await Promise.race([once(this.input, 'drain').catch(() => {}), this.closed]);
    return this.isRunning;
  }

  /** What it comes to, after the last event. @throws CliError */
  async *rows(): AsyncGenerator<Record<string, unknown>> {
    this.input.end();
    for (let told = await this.next(); told?.kind !== 'done'; told = await this.next()) {
      if (told?.kind !== 'row') throw await this.reasonFor(told, exitCode.refused);
      yield told.row;
    }
    process.stderr.write(this.errors);
  }

  /** Ends it, whatever it does. */
  async close(): Promise<void> {
    for (const watch of this.watches) watch.stop();
    this.child.kill('SIGKILL');
    await this.closed;
  }

  private get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null && !this.input.destroyed;
  }

  private stopFor(reason: 'time' | 'memory'): void {
    this.stoppedFor ??= reason;
    this.child.kill('SIGKILL');
  }

  private async next(): Promise<Told | undefined> {
    const { done, value } = await this.told.next();
    return done ? undefined : (JSON.parse(value) as Told);
  }

  private async reasonFor(told: Told | undefined, code: 1 | 2): Promise<CliError> {
    if (told?.kind === 'failed') return this.failed(told.failure, code);
    await this.closed;
    if (this.stoppedFor === undefined && OUT_OF_HEAP.test(this.errors)) this.stoppedFor = 'memory';
    switch (this.stoppedFor) {
      case 'time':
        return this.overLimit(`it ran for longer than its time limit of ${this.limits.seconds} s (--time-limit).`);
      case 'memory':
        return this.overLimit(`it took more than its memory limit of ${this.limits.mebibytes} MiB (--memory-limit).`);
      case undefined: {
        const how = this.child.signalCode ?? `exit code ${this.child.exitCode}`;
        return new CliError(`The projection's process ended by itself (${how}).`, code, this.errors.split('\n'));
      }
      default:
        return unreachable(this.stoppedFor);
    }
  }

  private overLimit(reason: string): CliError {
    const { last, handedOver } = this;
    const upTo = last && `, up to ${last.type} at position ${last.position}`;
    return new CliError(`The projection was stopped: ${reason}`, exitCode.overLimit, [
      `${handedOver.toLocaleString('en')} events had been handed over${upTo ?? ''}.`,
    ]);
  }

  private failed({ step, message, stack, event }: Failure, code: 1 | 2): CliError {
    const frames = this.bundle.lines.framesIn(stack);
    const where = event && `${event.type} at position ${event.position} (event ${event.eventId})`;
    const place = frames[0]?.replace(/^at (.*\()?|\)$/g, '');
    return new CliError(
      `${place === undefined ? '' : `${place}: `}${saidOf[step]}${where === undefined ? '' : ` ${where}`}: ${message}`,
      code,
      frames,
    );
  }
}

const saidOf: Record<Failure['step'], string> = {
  loading: 'The file cannot be used',
  key: 'key failed for',
  evolve: 'evolve failed for',
  finish: 'finish failed',
  row: 'A row cannot be told',
};

function flagsOf({ mebibytes }: Limits, folder: string): string[] {
  const permission = ['--permission', '--experimental-permission'].find((flag) =>
    process.allowedNodeEnvironmentFlags.has(flag),
  );
  const reading = permission === undefined ? [] : [permission, `--allow-fs-read=${folder}/*`];
  return [...reading, `--max-old-space-size=${mebibytes}`, '--disable-warning=ExperimentalWarning'];
}

function lineOf({ type, data, eventId, streamId, revision, position, recordedAt, metadata }: Recorded): string {
  const { commandHash: _, ...told } = metadata;
  const at = position.toString();
  return `${JSON.stringify({ type, data, eventId, streamId, revision, position: at, recordedAt, metadata: told })}\n`;
}
