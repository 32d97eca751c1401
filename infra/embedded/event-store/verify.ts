import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bucketCount, hashOf } from './hash-index.js';
import type { Counters, IndexName } from './head.js';
import { loadTails } from './load-tails.js';
import { Log } from './log.js';
import { isSoftDeleted } from './metadata.js';
import { positionOf } from './position.js';
import { DELETED_REVISION } from './recorded-event.js';
import { idKey, parseStreamName, partOf } from './stream-name.js';
import { View } from './view.js';

export interface Verified {
  events: number;
  streams: number;
  tombstones: number;
}

function demand(condition: boolean, what: string): void {
  if (!condition) throw new Error(`${what} is corrupt: it contradicts the log. Restore the data folder from a backup.`);
}

/** A view of a store that does not change: the counters are read once instead of for every lookup. */
class Snapshot extends View {
  private readonly total = this.log.counters();

  override counters(): Counters {
    return this.total;
  }
}

/**
 * Walks every record and every index of an event store and compares each with the others.
 * @throws naming the first record that is damaged, missing, or contradicts the log.
 */
export async function verify(dataDir: string): Promise<Verified> {
  if (!existsSync(join(dataDir, 'data.mdb'))) throw new Error(`There is no event store in ${dataDir}.`);
  const log = await Log.open(dataDir, { readOnly: true });
  try {
    // In one turn of the event loop, so that all of it is read from one snapshot.
    const view = new Snapshot(log, loadTails(log));
    const counters = view.counters();
    for (let sequence = 1; sequence <= counters.last; sequence++) verifyEvent(view, sequence);
    verifyStreams(view, counters);
    log.owner();
    verifyIndex(log, 'ids', counters);
    verifyIndex(log, 'names', counters);
    return { events: counters.last, streams: counters.streams, tombstones: counters.tombstones };
  } finally {
    await log.close();
  }
}

function verifyEvent(view: View, sequence: number): void {
  const { id, stream, revision, position } = view.event(sequence);
  const name = parseStreamName(stream);
  const head = view.head(name.base);
  demand(head !== undefined && position === positionOf(sequence), `Event ${sequence}`);
  const part = partOf(head!.number, name.isMetastream);
  const found = revision === DELETED_REVISION ? head!.tombstone : view.sequenceOf(part, revision);
  demand(found === sequence, `The revision of event ${sequence} in stream ${stream}`);
  const known = view.candidates('ids', hashOf(idKey(part, id))).includes(sequence);
  demand(known, `The id of event ${sequence}`);
}

function verifyStreams(view: View, counters: Counters): void {
  let revisions = 0;
  let tombstones = 0;
  let parts = 0;
  for (let number = 1; number <= counters.streams; number++) {
    const head = view.headByNumber(number);
    demand(view.head(head.name)?.number === number, `The name of stream ${head.name}`);
    demand(head.softDeleted === isSoftDeleted(view.metadata(head)), `The head of stream ${head.name}`);
    revisions += head.next + head.metaNext;
    if (head.tombstone) tombstones++;
    for (const next of [head.next, head.metaNext]) if (next > 0) parts++;
  }
  // Every event was found under its revision, so with the sums equal no revision is left over.
  const counted = revisions === counters.last - counters.tombstones && tombstones === counters.tombstones;
  demand(counted && parts === counters.parts, 'Record counters');
}

function verifyIndex(log: Log, index: IndexName, counters: Counters): void {
  const entries = counters.indexed[index];
  let sum = 0;
  for (let bucket = 0; bucket < bucketCount(entries); bucket++) sum += log.bucket(index, bucket).length;
  demand(sum === entries, `Index ${index}`);
}
