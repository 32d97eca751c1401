import { CorruptRecord } from '../checked-record.js';
import { MissingRecord } from './errors.js';
import { type Buckets, type Entry, insert } from './hash-index.js';
import type { IndexName } from './head.js';
import type { Log } from './log.js';

/**
 * Puts entries into the buckets of an index that holds `indexed`, each bucket once for all of them. A damaged bucket must
 * not stop every writer: then nothing is written, the entries stay in memory, and the answer is false.
 */
export function mergeInto(log: Log, index: IndexName, indexed: number, entries: Entry[]): boolean {
  const changed = new Map<number, Entry[]>();
  const buckets: Buckets = {
    load: (bucket) => changed.get(bucket) ?? log.bucket(index, bucket),
    save: (bucket, content) => void changed.set(bucket, content),
  };
  try {
    for (const [offset, entry] of entries.entries()) insert(buckets, indexed + offset, entry);
  } catch (error) {
    if (!(error instanceof CorruptRecord || error instanceof MissingRecord)) throw error;
    process.stderr.write(`event store: ${error.message}\n`);
    return false;
  }
  for (const [bucket, content] of changed) log.putBucket(index, bucket, content);
  return true;
}
