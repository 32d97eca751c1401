import { type Buckets, type Entry, hashOf, insert } from './hash-index.js';
import type { Counters, Head } from './head.js';
import type { IndexName, Log } from './log.js';
import { isSoftDeleted, parseMetadata } from './metadata.js';
import { positionOf } from './position.js';
import { DELETED_REVISION, encodeRecorded, type ProposedEvent } from './recorded-event.js';
import { partOf, type StreamName } from './stream-name.js';
import { View } from './view.js';

/**
 * Changes that are kept in memory until {@link flush}. One batch carries many appends: the counters, a busy stream's
 * head and a bucket are then read, checked and written once for all of them. When anything goes wrong while it is
 * filled, nothing was written yet.
 */
export class WriteBatch extends View {
  private readonly total: Counters;
  private readonly records = new Map<number, Buffer>();
  private readonly revisions = new Map<string, [part: number, revision: number, sequence: number]>();
  private readonly heads = new Map<number, Head>();
  private readonly named = new Map<string, Head>();
  private readonly changed: Record<IndexName, Map<number, Entry[]>> = { names: new Map(), ids: new Map() };
  /** Full names of the streams that grew. */
  readonly streams = new Set<string>();
  private readonly created = `${Date.now()}0000`;

  constructor(log: Log) {
    super(log);
    this.total = log.counters();
  }

  override counters(): Counters {
    return this.total;
  }

  override record(sequence: number): Buffer {
    return this.records.get(sequence) ?? super.record(sequence);
  }

  override sequenceOf(part: number, revision: number): number {
    return this.revisions.get(`${part}/${revision}`)?.[2] ?? super.sequenceOf(part, revision);
  }

  override headByNumber(number: number): Head {
    return this.heads.get(number) ?? super.headByNumber(number);
  }

  override head(base: string): Head | undefined {
    const known = this.named.get(base) ?? super.head(base);
    if (known) this.named.set(base, known);
    return known;
  }

  override buckets(index: IndexName): Buckets {
    const changed = this.changed[index];
    return {
      load: (bucket) => changed.get(bucket) ?? this.log.bucket(index, bucket),
      save: (bucket, entries) => void changed.set(bucket, entries),
    };
  }

  headOrNew(base: string): Head {
    const known = this.head(base);
    if (known) return known;
    const number = this.total.streams + 1;
    insert(this.buckets('names'), this.total.streams, { hash: hashOf(base), value: number });
    this.total.streams = number;
    const head: Head = { number, name: base, next: 0, metaNext: 0, tombstone: 0, softDeleted: false };
    this.named.set(base, head);
    return head;
  }

  /** Adds one event at the end of a stream and of `$all`; returns its position. */
  append(name: StreamName, event: ProposedEvent): number {
    const head = this.headOrNew(name.base);
    const part = partOf(head.number, name.isMetastream);
    const revision = name.isMetastream ? head.metaNext++ : head.next++;
    const sequence = this.put(head, name, event, revision);
    this.revisions.set(`${part}/${revision}`, [part, revision, sequence]);
    if (name.isMetastream) head.softDeleted = isSoftDeleted(parseMetadata(Buffer.from(event.data)));
    return positionOf(sequence);
  }

  /** Ends a stream for good. The tombstone has no revision of the stream's own count. */
  tombstone(name: StreamName, event: ProposedEvent): number {
    const head = this.headOrNew(name.base);
    head.tombstone = this.put(head, name, event, DELETED_REVISION);
    this.total.tombstones++;
    return positionOf(head.tombstone);
  }

  private put(head: Head, name: StreamName, event: ProposedEvent, revision: number): number {
    const sequence = this.total.last + 1;
    const hash = hashOf(`${partOf(head.number, name.isMetastream)}/${event.id}`);
    insert(this.buckets('ids'), this.total.last, { hash, value: sequence });
    this.total.last = sequence;
    const place = { stream: name.full, revision, position: positionOf(sequence), created: this.created };
    this.records.set(sequence, encodeRecorded(event, place));
    this.heads.set(head.number, head);
    this.streams.add(name.full);
    return sequence;
  }

  /** Writes it all; to be called inside an LMDB transaction. Returns the last sequence number. */
  flush(): number {
    if (this.records.size === 0) return this.total.last;
    for (const [sequence, record] of this.records) this.log.putEvent(sequence, record);
    for (const entry of this.revisions.values()) this.log.putRevision(...entry);
    for (const head of this.heads.values()) this.log.putHead(head);
    for (const index of ['names', 'ids'] as const)
      for (const [bucket, entries] of this.changed[index]) this.log.putBucket(index, bucket, entries);
    this.log.putCounters(this.total);
    return this.total.last;
  }
}
