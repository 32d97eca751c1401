import { appendFileSync, closeSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const rotateAt = 10 * 1024 * 1024;
const tailBytes = 16 * 1024;

/** The log of one child: what it writes to standard error, straight into a file. */
export class LogFile {
  private from = 0;

  constructor(readonly path: string) {}

  /** Puts a log that has grown large aside, in the place of the one put aside before. */
  rotate(): void {
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    if (this.size() > rotateAt) renameSync(this.path, `${this.path}.1`);
  }

  /**
   * Opens the log for a child that starts now; the caller closes it once the child has it. The child writes to the
   * file itself and not through this process, so that its last words are kept when this process dies first.
   */
  open(): number {
    const file = openSync(this.path, 'a', 0o600);
    this.from = this.size();
    return file;
  }

  /** Adds a line from this process; what the disk has no room for is lost, and the system runs on. */
  append(line: string): void {
    try {
      appendFileSync(this.path, `${line}\n`);
    } catch {}
  }

  /** The last lines that were written since `open`, JSON lines in short. */
  lastLines(count: number): string[] {
    const end = this.size();
    const start = Math.max(this.from, end - tailBytes);
    if (end <= start) return [];
    const buffer = Buffer.alloc(end - start);
    const file = openSync(this.path, 'r');
    const read = readSync(file, buffer, 0, buffer.length, start);
    closeSync(file);
    const lines = buffer.toString('utf8', 0, read).split('\n');
    return lines
      .filter((line) => line.trim() !== '')
      .slice(-count)
      .map(inShort);
  }

  private size(): number {
    try {
      return statSync(this.path).size;
    } catch {
      // There is none yet, or none can be: its folder is a file.
      return 0;
    }
  }
}

function inShort(line: string): string {
  try {
    const { msg, err } = JSON.parse(line) as { msg?: unknown; err?: { message?: unknown } };
    const parts = [msg, err?.message].filter((part) => typeof part === 'string' && part !== '');
    return parts.length > 0 ? [...new Set(parts)].join(': ') : line;
  } catch {
    return line;
  }
}
