import type { Entry } from './hash-index.js';

const NONE: readonly number[] = [];

/**
 * The newest entries of a hash index, in memory only: each would change a random page, so they go into the buckets many
 * at a time. Nothing depends on them being kept: they follow from the log and the heads, which are read at the start.
 */
export class IndexTail {
  readonly entries: Entry[] = [];
  private readonly values = new Map<number, number[]>();

  add(entry: Entry): void {
    this.entries.push(entry);
    const values = this.values.get(entry.hash);
    if (values) values.push(entry.value);
    else this.values.set(entry.hash, [entry.value]);
  }

  /** The values under a hash, oldest first. */
  lookUp(hash: number): readonly number[] {
    return this.values.get(hash) ?? NONE;
  }

  clear(): void {
    this.entries.length = 0;
    this.values.clear();
  }
}
