import { SEAL_LENGTH } from '../checked-record.js';
import { hashOf } from './hash-index.js';
import type { Counters, Head, IndexName } from './head.js';
import { mergeInto } from './index-merge.js';
import { IndexTail } from './index-tail.js';
import type { Log } from './log.js';
import { isSoftDeleted, parseMetadata } from './metadata.js';
import { positionOf } from './position.js';
import { DELETED_REVISION, encodeRecorded, type ProposedEvent } from './recorded-event.js';
import { idKey, partOf, type StreamName } from './stream-name.js';
import { View } from './view.js';

/**
 * How many index entries are kept in memory. Of a large index each of them changes another bucket, so fewer at a time
 * would write most buckets again and again; more would take longer than 0.1 s to read after a crash, and to write at once.
 */
const MERGED_AT_ONCE = 32_768;

/**
 * Changes that are kept in memory until {@link flush}. One batch carries many appends: the counters and a busy
 * stream's head are then read, checked and written once for all of them. When anything goes wrong while it is
 * filled, nothing was written yet.
 */
export class WriteBatch extends View {
  private readonly total: Counters;
  private readonly records = new Map<number, Buffer>();
  private readonly revisions = new Map<string, [part: number, revision: number, sequence: number]>();
  private readonly heads = new Map<number, Head>();
  private readonly named = new Map<string, Head>();
  private readonly added: Record<IndexName, IndexTail> = { names: new IndexTail(), ids: new IndexTail() };
  private readonly merged = new Set<IndexName>();
  /** Full names of the streams that grew. */
  readonly streams = new Set<string>();
  private readonly created = `${Date.now()}0000`;

  constructor(log: Log, tails: Record<IndexName, IndexTail>) {
    super(log, tails);
    this.total = log.counters();
  }

  override counters(): Counters {
    return this.total;
  }

  override record(sequence: number): Buffer {
    return this.records.get(sequence)?.subarray(SEAL_LENGTH) ?? super.record(sequence);
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

  override candidates(index: IndexName, hash: number): number[] {
    const found = super.candidates(index, hash);
    found.push(...this.added[index].lookUp(hash));
    return found;
  }

  headOrNew(base: string): Head {
    const known = this.head(base);
    if (known) return known;
    const number = ++this.total.streams;
    this.added.names.add({ hash: hashOf(base), value: number });
    const empty = { next: 0, metaNext: 0, tombstone: 0, softDeleted: false, first: 0, metaFirst: 0 };
    const head: Head = { number, name: base, ...empty };
    this.named.set(base, head);
    return head;
  }

  /** Adds one event at the end of a stream and of `$all`; returns its position. */
  append(name: StreamName, event: ProposedEvent): number {
    const head = this.headOrNew(name.base);
    const part = partOf(head.number, name.isMetastream);
    const revision = name.isMetastream ? head.metaNext++ : head.next++;
    const sequence = this.put(head, name, event, revision);
    if (revision > 0) this.revisions.set(`${part}/${revision}`, [part, revision, sequence]);
    else this.begin(head, name, sequence);
    if (name.isMetastream) head.softDeleted = isSoftDeleted(parseMetadata(Buffer.from(event.data)));
    return positionOf(sequence);
  }

  private begin(head: Head, { isMetastream }: StreamName, sequence: number): void {
    if (isMetastream) head.metaFirst = sequence;
    else head.first = sequence;
    this.total.parts++;
  }

  /** Ends a stream for good. The tombstone has no revision of the stream's own count. */
  tombstone(name: StreamName, event: ProposedEvent): number {
    const head = this.headOrNew(name.base);
    head.tombstone = this.put(head, name, event, DELETED_REVISION);
    this.total.tombstones++;
    return positionOf(head.tombstone);
  }

  private put(head: Head, name: StreamName, event: ProposedEvent, revision: number): number {
    const sequence = ++this.total.last;
    const hash = hashOf(idKey(partOf(head.number, name.isMetastream), event.id));
    this.added.ids.add({ hash, value: sequence });
    const place = { stream: name.full, revision, position: positionOf(sequence), created: this.created };
    this.records.set(sequence, encodeRecorded(event, place, SEAL_LENGTH));
    this.heads.set(head.number, head);
    this.streams.add(name.full);
    return sequence;
  }

  /** Writes it all; to be called inside an LMDB transaction. Returns the last sequence number. */
  flush({ indexAll = false } = {}): number {
    if (this.records.size === 0 && !indexAll) return this.total.last;
    for (const [sequence, sealed] of this.records) this.log.putEvent(sequence, sealed);
    for (const entry of this.revisions.values()) this.log.putRevision(...entry);
    for (const head of this.heads.values()) this.log.putHead(head);
    for (const index of ['names', 'ids'] as const) this.index(index, indexAll);
    this.log.putCounters(this.total);
    return this.total.last;
  }

  /** Moves the entries from memory into the buckets whenever another {@link MERGED_AT_ONCE} have come together. */
  private index(index: IndexName, all: boolean): void {
    const before = this.tails[index].entries.length;
    const after = before + this.added[index].entries.length;
    if (!all && Math.floor(before / MERGED_AT_ONCE) === Math.floor(after / MERGED_AT_ONCE)) return;
    const entries = [...this.tails[index].entries, ...this.added[index].entries];
    if (!mergeInto(this.log, index, this.total.indexed[index], entries)) return;
    this.total.indexed[index] += entries.length;
    this.merged.add(index);
  }

  /** To be called when the batch is on the disk: from then on the entries in memory are those that it left. */
  settle(): void {
    for (const index of ['names', 'ids'] as const)
      if (this.merged.has(index)) this.tails[index].clear();
      else for (const entry of this.added[index].entries) this.tails[index].add(entry);
  }
}
