import { hashOf, lookUp } from './hash-index.js';
import type { Counters, Head, IndexName } from './head.js';
import type { IndexTail } from './index-tail.js';
import type { Log } from './log.js';
import { parseMetadata, type StreamMetadata } from './metadata.js';
import { decodeRecorded, type RecordedEvent } from './recorded-event.js';
import { idKey, partOf, type StreamName } from './stream-name.js';

/** Looks things up in the store. A write batch overlays it with what it has not written yet. */
export class View {
  constructor(
    protected readonly log: Log,
    protected readonly tails: Record<IndexName, IndexTail>,
  ) {}

  counters(): Counters {
    return this.log.counters();
  }

  /** The stored bytes of an event; see {@link Log.event} for how long they are valid. */
  record(sequence: number): Buffer {
    return this.log.event(sequence);
  }

  event(sequence: number): RecordedEvent {
    return decodeRecorded(this.record(sequence));
  }

  sequenceOf(part: number, revision: number): number {
    if (revision > 0) return this.log.sequenceOf(part, revision);
    const head = this.headByNumber(Math.floor(part / 2));
    return part % 2 ? head.metaFirst : head.first;
  }

  headByNumber(number: number): Head {
    return this.log.head(number);
  }

  /** The head of a stream by its base name; undefined when neither the stream nor its metastream was written. */
  head(base: string): Head | undefined {
    for (const number of this.candidates('names', hashOf(base))) {
      const head = this.headByNumber(number);
      if (head.name === base) return head;
    }
    return undefined;
  }

  /** The sequence number of the latest event with this id in a stream. */
  sequenceOfId(head: Head, name: StreamName, id: string): number | undefined {
    const hash = hashOf(idKey(partOf(head.number, name.isMetastream), id));
    for (const sequence of this.candidates('ids', hash).reverse()) {
      const event = this.event(sequence);
      if (event.id === id && event.stream === name.full) return sequence;
    }
    return undefined;
  }

  /** The data of the stream's last `$metadata` event, empty when it has none. */
  rawMetadata(head: Head): Buffer {
    if (head.metaNext === 0) return Buffer.alloc(0);
    return Buffer.from(this.event(this.sequenceOf(partOf(head.number, true), head.metaNext - 1)).data);
  }

  metadata(head: Head): StreamMetadata {
    return parseMetadata(this.rawMetadata(head));
  }

  /** What an index holds under a hash, oldest first. */
  candidates(index: IndexName, hash: number): number[] {
    const load = (bucket: number) => this.log.storedBucket(index, bucket);
    const found = lookUp(load, this.counters().indexed[index], hash);
    found.push(...this.tails[index].lookUp(hash));
    return found;
  }
}
