import { hashOf } from './hash-index.js';
import type { IndexName } from './head.js';
import { IndexTail } from './index-tail.js';
import type { Log } from './log.js';
import { idKey, parseStreamName, partOf } from './stream-name.js';
import { View } from './view.js';

/** Reads from the heads and the log what the counters say is not in the buckets of the indexes yet. */
export function loadTails(log: Log): Record<IndexName, IndexTail> {
  const tails = { names: new IndexTail(), ids: new IndexTail() };
  const { last, streams, indexed } = log.counters();
  for (let value = indexed.names + 1; value <= streams; value++)
    tails.names.add({ hash: hashOf(log.head(value).name), value });
  const view = new View(log, tails);
  for (let value = indexed.ids + 1; value <= last; value++) {
    const { id, stream } = view.event(value);
    const name = parseStreamName(stream);
    const head = view.head(name.base);
    if (head) tails.ids.add({ hash: hashOf(idKey(partOf(head.number, name.isMetastream), id)), value });
  }
  return tails;
}
