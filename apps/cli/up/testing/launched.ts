import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

/** A whole system, on a machine that has much else to do. */
export const TO_START_MS = 60_000;

/** A program that a spec started, and what it said so far. */
export class Launched {
  stdout = '';
  stderr = '';
  readonly exit: Promise<number | NodeJS.Signals | null>;

  private constructor(readonly process: ChildProcess) {
    process.stdout?.on('data', (chunk: Buffer) => {
      this.stdout += chunk;
    });
    process.stderr?.on('data', (chunk: Buffer) => {
      this.stderr += chunk;
    });
    this.exit = new Promise((resolve) => process.once('close', (code, signal) => resolve(signal ?? code)));
  }

  /** Starts a built program in a process group of its own; its standard input stays open until `kill` or `end`. */
  static node(program: string, args: readonly string[] = [], env: Record<string, string> = {}): Launched {
    const inherited = { ...process.env };
    // What points the specs at real servers is not meant for the systems that these specs start.
    for (const name of ['EVENTSTORE_URL', 'KAFKA_BROKERS', 'DATABASE_URL', 'npm_lifecycle_event'])
      delete inherited[name];
    return new Launched(
      spawn(process.execPath, [program, ...args], {
        env: { ...inherited, ...env },
        stdio: ['pipe', 'pipe', 'pipe'],
        detached: true,
      }),
    );
  }

  get pid(): number {
    return this.process.pid!;
  }

  /** The first line on standard output that is JSON. */
  async firstResult(): Promise<Record<string, unknown>> {
    await until(() => /^\{.*\}\n/m.test(this.stdout) || this.process.exitCode !== null, TO_START_MS);
    const line = this.stdout.split('\n').find((candidate) => candidate.startsWith('{'));
    if (!line) throw new Error(`No result; exit code ${this.process.exitCode}. ${this.stderr}`);
    return JSON.parse(line) as Record<string, unknown>;
  }
}

/** Waits until a condition holds. */
export async function until(condition: () => boolean | Promise<boolean>, patience = 20_000): Promise<void> {
  for (const end = Date.now() + patience; !(await condition()); await delay(20)) {
    if (Date.now() > end) throw new Error(`This never came true: ${condition}`);
  }
}
