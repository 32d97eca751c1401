import { CorruptRecord } from '../checked-record.js';
import { type AbortedTransaction, AbortedTransactions } from './aborted-transactions.js';
import type { TopicConfigs } from './configs.js';
import { ErrorCode, KafkaError } from './errors.js';
import type { PartitionState, Segment } from './partition-state.js';
import { type ProducerState, Producers } from './producers.js';
import { type BatchHeader, endTxnMarker, placeBatch, readHeader, stampAppendTime } from './record-batch.js';
import { Segments } from './segments.js';
import { type Store, stateKey } from './store.js';
import { decodeStoredBatch, encodeStoredBatch, type StoredBatch } from './stored-batch.js';

/** All state records that belong to one partition. */
export interface LoadedPartition {
  state: PartitionState;
  closed: Segment[];
  producers: ProducerState[];
  aborted: AbortedTransaction[];
}

/**
 * The log of one partition. Appending changes memory at once and queues the writes; readers see a batch, or the end of
 * a transaction, only when it is on disk.
 */
export class PartitionLog {
  readonly state: PartitionState;
  readonly producers: Producers;
  readonly segments: Segments;
  readonly aborted: AbortedTransactions;
  private visibleEnd: number;
  private visibleStable: number;
  private waiting: (() => void)[] = [];
  isDeleted = false;

  constructor(
    private readonly store: Store,
    readonly name: string,
    readonly configs: TopicConfigs,
    loaded: LoadedPartition,
  ) {
    this.state = loaded.state;
    const { topicId, partition } = loaded.state;
    this.producers = new Producers(store, topicId, partition, loaded.producers);
    this.segments = new Segments(store, loaded.state, loaded.closed);
    this.aborted = new AbortedTransactions(store, topicId, partition, loaded.aborted);
    this.visibleEnd = loaded.state.logEnd;
    this.visibleStable = this.producers.firstOpenOffset ?? loaded.state.logEnd;
  }

  /** A partition without records, queued for the store. */
  static create(store: Store, name: string, configs: TopicConfigs, topicId: number, partition: number): PartitionLog {
    const state = { topicId, partition, logStart: 0, logEnd: 0, maxTimestamp: -1, cleanedTo: 0, active: null };
    const log = new PartitionLog(store, name, configs, { state, closed: [], producers: [], aborted: [] });
    log.save();
    return log;
  }

  get logStart(): number {
    return this.state.logStart;
  }

  get highWatermark(): number {
    return this.visibleEnd;
  }

  get lastStableOffset(): number {
    return this.visibleStable;
  }

  /**
   * Appends a batch that was checked. The answer may go out when the store is flushed.
   * @returns its base offset; the earlier one when an idempotent producer sent the batch before.
   */
  append(batch: Buffer, header: BatchHeader, now: number): number {
    const idempotent = header.producerId >= 0;
    const known = idempotent ? this.producers.check(header) : null;
    if (known !== null) return known;
    if (this.configs.usesAppendTime) stampAppendTime(batch, now);
    const baseOffset = this.write(batch, header, this.configs.usesAppendTime ? now : header.maxTimestamp, now);
    if (idempotent) this.producers.appended(header, baseOffset, now);
    return baseOffset;
  }

  /** Ends a producer's transaction on this partition with a control batch. */
  appendMarker(producerId: number, epoch: number, commit: boolean, now: number) {
    const marker = endTxnMarker(producerId, epoch, commit, now);
    const offset = this.write(marker, readHeader(marker), now, now);
    const firstOffset = this.producers.ended(producerId, epoch, now);
    if (!commit && firstOffset !== null) this.aborted.add({ producerId, firstOffset, lastOffset: offset });
  }

  private write(batch: Buffer, header: BatchHeader, maxTimestamp: number, now: number): number {
    const { topicId, partition } = this.state;
    const baseOffset = this.state.logEnd;
    const lastOffset = baseOffset + (header.lastOffset - header.baseOffset);
    this.segments.grow(baseOffset, batch.length, maxTimestamp, now, this.configs);
    this.state.maxTimestamp = Math.max(this.state.maxTimestamp, maxTimestamp);
    this.state.logEnd = lastOffset + 1;
    placeBatch(batch, baseOffset);
    this.store.putBatch(
      [topicId, partition, lastOffset],
      encodeStoredBatch({ previous: baseOffset - 1, maxTimestamp: this.state.maxTimestamp, deleteHorizon: 0, batch }),
    );
    this.save();
    return baseOffset;
  }

  /** Queues the partition's state, and the advance of what readers see for when it is on disk. */
  save() {
    this.store.putState(stateKey('partition', this.state.topicId, this.state.partition), this.state);
    this.store.onDurable(this, () => {
      const end = this.state.logEnd;
      const stable = this.producers.firstOpenOffset ?? end;
      return () => {
        this.visibleEnd = end;
        this.visibleStable = stable;
        this.wake();
      };
    });
  }

  /** Calls back once, when more can be read or the log is deleted. */
  onAdvance(callback: () => void) {
    this.waiting.push(callback);
  }

  cancelAdvance(callback: () => void) {
    this.waiting = this.waiting.filter((waiting) => waiting !== callback);
  }

  private wake() {
    const waiting = this.waiting;
    this.waiting = [];
    for (const callback of waiting) callback();
  }

  /**
   * The batches that hold the offsets from `from` up to `to`, whole ones, as far as `maxBytes` allow; the first one
   * whatever its size when `atLeastOne`.
   * @throws KafkaError OFFSET_OUT_OF_RANGE, CorruptRecord when a batch is damaged or missing.
   */
  read(from: number, to: number, maxBytes: number, atLeastOne: boolean): { batches: Buffer[]; bytes: number } {
    if (from < this.logStart || from > this.visibleEnd)
      throw new KafkaError(ErrorCode.OFFSET_OUT_OF_RANGE, `Offset ${from} is not in the log.`);
    const batches: Buffer[] = [];
    let bytes = 0;
    if (from >= to || maxBytes <= 0) return { batches, bytes };
    for (const { batch } of this.scan(from, to)) {
      if (bytes + batch.length > maxBytes && !(atLeastOne && bytes === 0)) break;
      batches.push(batch);
      bytes += batch.length;
      if (bytes >= maxBytes) break;
    }
    return { batches, bytes };
  }

  /** Walks the stored batches that answer for the offsets from `from` up to `to`, and checks that none is missing. */
  *scan(from: number, to: number): Generator<StoredBatch> {
    const { topicId, partition } = this.state;
    let expected = from;
    let isFirst = true;
    for (const { key, payload } of this.store.batches(topicId, partition, from, to)) {
      const stored = decodeStoredBatch(key, payload);
      if (isFirst ? stored.previous >= expected : stored.previous !== expected - 1) throw this.missing(expected);
      isFirst = false;
      yield stored;
      expected = stored.lastOffset + 1;
    }
    if (expected >= to) return;
    // What stood before `to` may be compacted away: then the batch after it answers for these offsets.
    for (const { key, payload } of this.store.batches(topicId, partition, to, undefined, 1)) {
      const { previous } = decodeStoredBatch(key, payload);
      if (isFirst ? previous < expected : previous === expected - 1) return;
    }
    throw this.missing(expected);
  }

  private missing(offset: number): CorruptRecord {
    return new CorruptRecord(`Partition ${this.name} at offset ${offset}`);
  }

  /** The first stored batch whose timestamps, or those before it, reach `timestamp`. */
  findTimestamp(timestamp: number, to: number): StoredBatch | null {
    let low = this.logStart;
    let high = to;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const [stored] = this.take(middle, to);
      if (!stored) return null;
      if (stored.maxTimestamp >= timestamp) high = Math.min(middle, stored.lastOffset);
      else low = stored.lastOffset + 1;
    }
    if (low >= to) return null;
    return this.take(low, to)[0] ?? null;
  }

  private take(from: number, to: number): StoredBatch[] {
    for (const stored of this.scan(from, to)) return [stored];
    return [];
  }

  /** Moves the log's start forward; what lies before it is no longer served and is removed from the store. */
  deleteBefore(offset: number) {
    if (offset <= this.logStart) return;
    this.state.logStart = offset;
    this.state.cleanedTo = Math.max(this.state.cleanedTo, offset);
    this.segments.dropBefore(offset, this.state.logEnd);
    this.aborted.dropBefore(offset);
    this.save();
  }

  /** Forgets the partition's state, with its topic. The batches are removed afterwards, see `deletion.ts`. */
  drop() {
    this.isDeleted = true;
    this.producers.drop();
    this.segments.drop();
    this.aborted.drop();
    this.store.removeState(stateKey('partition', this.state.topicId, this.state.partition));
    this.wake();
  }
}
