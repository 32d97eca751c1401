import { createHash } from 'node:crypto';
import type { AbortedTransaction } from './aborted-transactions.js';
import type { PartitionLog } from './log.js';
import type { Segment } from './partition-state.js';
import {
  type BatchHeader,
  isAbortMarker,
  isReadable,
  type RecordView,
  readHeader,
  readRecords,
  withRecords,
} from './record-batch.js';
import type { Store } from './store.js';
import { encodeStoredBatch, type StoredBatch } from './stored-batch.js';

/** Bounds the memory of one cleaning; what is left over is cleaned the next time. */
const MAX_KEYS = 500_000;
const CHUNK_BYTES = 4 * 1024 * 1024;

/**
 * Compacts one partition's closed segments (`cleanup.policy=compact`): of each key only the last record stays.
 * Records of aborted transactions and the markers of ended ones go; a tombstone stays for `delete.retention.ms` after
 * the first cleaning that sees it. Never reaches into the active segment or an open transaction. Offsets stay.
 *
 * Batches compressed with snappy, lz4 or zstd cannot be opened here: they stay whole, their keys replace nothing, and
 * the tombstones after them stay too, since one of these batches may hold what they delete.
 *
 * @returns whether anything was cleaned.
 */
export async function cleanLog(store: Store, log: PartitionLog, now: number): Promise<boolean> {
  const end = cleanableEnd(log, now);
  if (!isDirty(log, end, now)) return false;
  const { offsets, mappedEnd } = await mapKeys(log, end);
  const cleaned = await new Cleaning(store, log, now, offsets, mappedEnd).run();
  if (!cleaned) return false;
  // Their records are gone and on disk as gone; the markers without an entry go with the next cleaning. Not earlier:
  // a fetch that saw the entry but no marker would leave out all later records of that producer.
  log.aborted.dropBefore(mappedEnd);
  log.state.cleanedTo = mappedEnd;
  log.save();
  await store.flushed();
  return true;
}

function cleanableEnd(log: PartitionLog, now: number): number {
  let end = log.logStart;
  for (const [index, segment] of log.segments.closed.entries()) {
    const next = log.segments.endOf(index);
    // The batch after the end is rewritten too when its predecessor goes, so it has to be on disk already.
    if (next >= log.lastStableOffset || segment.maxTimestamp > now - log.configs.minCompactionLagMs) break;
    end = next;
  }
  return end;
}

/** Much of it is new, or some of it has been waiting for as long as it may. */
function isDirty(log: PartitionLog, end: number, now: number): boolean {
  if (end <= log.state.cleanedTo) return false;
  let dirty = 0;
  let total = 0;
  let oldest = now;
  for (const [index, segment] of log.segments.closed.entries()) {
    if (segment.base >= end) break;
    total += segment.bytes;
    if (log.segments.endOf(index) <= log.state.cleanedTo) continue;
    dirty += segment.bytes;
    oldest = Math.min(oldest, segment.createdAt);
  }
  if (dirty === 0) return false;
  return dirty / total >= log.configs.minCleanableDirtyRatio || now - oldest > log.configs.maxCompactionLagMs;
}

/** The last offset of every key in the part that was not cleaned before. */
async function mapKeys(log: PartitionLog, end: number) {
  const offsets = new Map<string, number>();
  let at = Math.max(log.state.cleanedTo, log.logStart);
  while (at < end && offsets.size < MAX_KEYS) {
    const aborted = abortedBy(log, at, end);
    let bytes = 0;
    for (const { batch, lastOffset } of log.scan(at, end)) {
      const header = readHeader(batch);
      if (!header.control && !aborted(header))
        for (const record of tryRead(batch, header) ?? [])
          if (record.key) offsets.set(identity(record.key), header.baseOffset + record.offsetDelta);
      at = lastOffset + 1;
      bytes += batch.length;
      if (bytes >= CHUNK_BYTES || offsets.size >= MAX_KEYS) break;
    }
    if (bytes < CHUNK_BYTES && offsets.size < MAX_KEYS) at = end;
    await new Promise((resolve) => setImmediate(resolve)); // lets requests in between
  }
  return { offsets, mappedEnd: at };
}

function identity(key: Buffer): string {
  return key.length <= 40 ? key.toString('latin1') : `#${createHash('sha256').update(key).digest('base64')}`;
}

function tryRead(batch: Buffer, header: BatchHeader): RecordView[] | null {
  if (!isReadable(header)) return null;
  try {
    return readRecords(batch, header);
  } catch {
    return null; // a producer's batch whose records make no sense: it is kept as it came
  }
}

function abortedBy(log: PartitionLog, from: number, to: number): (header: BatchHeader) => boolean {
  const byProducer = new Map<number, AbortedTransaction[]>();
  for (const entry of log.aborted.between(from, to)) {
    const list = byProducer.get(entry.producerId);
    if (list) list.push(entry);
    else byProducer.set(entry.producerId, [entry]);
  }
  return ({ transactional, producerId, baseOffset }) =>
    transactional &&
    (byProducer.get(producerId) ?? []).some(
      (entry) => entry.firstOffset <= baseOffset && baseOffset <= entry.lastOffset,
    );
}

/** The second pass: rewrites the log from its start, a few megabytes in one store group. */
class Cleaning {
  private readonly sizes = new Map<Segment, number>();
  private readonly closed: Segment[];
  private readonly aborted: (header: BatchHeader) => boolean;
  private hasUnreadable = false;

  constructor(
    private readonly store: Store,
    private readonly log: PartitionLog,
    private readonly now: number,
    private readonly offsets: ReadonlyMap<string, number>,
    private readonly end: number,
  ) {
    this.closed = log.segments.closed.filter((segment) => segment.base < end);
    this.aborted = abortedBy(log, log.logStart, end);
    for (const [index, segment] of log.segments.closed.entries())
      if (log.segments.endOf(index) <= end) this.sizes.set(segment, 0);
  }

  async run(): Promise<boolean> {
    for (let at = this.log.logStart; at < this.end; ) {
      at = this.cleanChunk(Math.max(at, this.log.logStart));
      await this.store.flushed();
      if (this.log.isDeleted) return false;
    }
    this.log.segments.resize(this.sizes, this.log.configs.segmentBytes);
    return true;
  }

  /** @returns the offset to go on with. */
  private cleanChunk(from: number): number {
    let kept: number | null = null; // the last offset of the last batch that stays; null before the first
    let at = from;
    let bytes = 0;
    for (const stored of this.log.scan(from, this.log.highWatermark)) {
      // The first batch keeps its predecessor: the chunk before has seen to it.
      kept ??= stored.previous;
      const isPast = stored.lastOffset >= this.end || bytes >= CHUNK_BYTES;
      const result = isPast ? stored : this.clean(stored);
      bytes += stored.batch.length;
      if (result) {
        if (result !== stored || kept !== stored.previous)
          this.store.putBatch(this.key(stored), encodeStoredBatch({ ...result, previous: kept }));
        kept = stored.lastOffset;
        if (!isPast) this.count(stored, result.batch.length);
      } else this.store.removeBatch(this.key(stored));
      // Only a batch that stays may end a chunk: it answers for those that went before it.
      if (isPast) return Math.max(at, from);
      at = stored.lastOffset + 1;
    }
    return at;
  }

  private key(stored: StoredBatch): [number, number, number] {
    return [this.log.state.topicId, this.log.state.partition, stored.lastOffset];
  }

  private count(stored: StoredBatch, bytes: number) {
    const segment = this.closed.findLast(({ base }) => base <= stored.lastOffset);
    if (segment && this.sizes.has(segment)) this.sizes.set(segment, this.sizes.get(segment)! + bytes);
  }

  /** The batch as it stays: the same object when unchanged, null when none of it does. */
  private clean(stored: StoredBatch): StoredBatch | null {
    const { batch } = stored;
    const header = readHeader(batch);
    if (header.control) {
      const isListed = ({ lastOffset }: AbortedTransaction) => lastOffset === stored.lastOffset;
      const around = this.log.aborted.between(stored.lastOffset, stored.lastOffset + 1);
      return isAbortMarker(batch) && around.some(isListed) ? stored : null;
    }
    if (this.aborted(header)) return null;
    const records = tryRead(batch, header);
    if (!records) {
      this.hasUnreadable = true;
      return stored;
    }
    const hasTombstone = records.some(({ value }) => value === null);
    const deleteHorizon = stored.deleteHorizon || (hasTombstone ? this.now + this.log.configs.deleteRetentionMs : 0);
    const kept = records.filter((record) => {
      if (!record.key) return true;
      const last = this.offsets.get(identity(record.key));
      if (last !== undefined && last > header.baseOffset + record.offsetDelta) return false;
      return record.value !== null || this.hasUnreadable || this.now < deleteHorizon;
    });
    if (kept.length === 0) return null;
    if (kept.length === records.length)
      return deleteHorizon === stored.deleteHorizon ? stored : { ...stored, deleteHorizon };
    return { ...stored, deleteHorizon, batch: withRecords(batch, header, kept) };
  }
}
