import { close, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '#contracts/ids.js';

/** Bytes of a file. */
export interface Extent {
  from: number;
  length: number;
}

/**
 * A temporary file that no name leads to, made when something is put into it: it is gone when it is closed, or when the
 * process ends, however that comes about.
 */
export class SpillFile {
  private opened: number | undefined;
  private end = 0;

  /** By which other threads of the process read it too. */
  get descriptor(): number {
    this.opened ??= openUnnamed();
    return this.opened;
  }

  /** @returns where they are now. */
  append(bytes: Buffer): Extent {
    const from = this.end;
    while (this.end < from + bytes.length) this.end += writeSync(this.descriptor, bytes, this.end - from);
    return { from, length: bytes.length };
  }

  /** Nobody waits for the disk to have it back. */
  close(): void {
    if (this.opened !== undefined) close(this.opened, () => {});
    this.opened = undefined;
  }
}

/** @param file the descriptor of a spill file. @param into where the bytes go, from `at` on. */
export function readExtent(file: number, { from, length }: Extent, into: Buffer, at: number): void {
  for (let read = 0; read < length; ) {
    const some = readSync(file, into, at + read, length - read, from + read);
    if (some === 0) throw new Error(`The temporary file of the rebuild ends at byte ${from + read}, too early.`);
    read += some;
  }
}

function openUnnamed(): number {
  const path = join(tmpdir(), `rapport-rebuild-${newId()}`);
  const file = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return file;
}
