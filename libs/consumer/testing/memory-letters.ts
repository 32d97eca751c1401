import type { DeadLetter, DeadLetterEntry } from '../dead-letter.js';
import { DeadLetterTable } from '../dead-letter-table.js';
import type { DeadLetterStore } from '../event-flow.js';

/** A dead-letter topic in memory. It outlives the process that writes to it. */
export class MemoryLetters {
  readonly entries: { partition: number; entry: DeadLetterEntry }[] = [];

  /** The topic as a process that starts now reads it. */
  open(): DeadLetterStore & { table: DeadLetterTable } {
    const table = new DeadLetterTable();
    for (const [offset, { partition, entry }] of this.entries.entries()) table.apply(partition, BigInt(offset), entry);
    const write = async (partition: number, entry: DeadLetterEntry) => {
      const offset = BigInt(this.entries.push({ partition, entry }) - 1);
      await Promise.resolve();
      table.apply(partition, offset, entry);
    };
    return {
      table,
      put: (letter: DeadLetter) => write(letter.record.partition, { kind: 'letter', letter }),
      remove: ({ record: { partition, offset } }) => write(partition, { kind: 'letter-gone', offset }),
      retryDone: (partition, key) => write(partition, { kind: 'retry-done', key }),
    };
  }
}
