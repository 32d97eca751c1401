import { CorruptRecord } from '../checked-record.js';
import type { BatchKey } from './store.js';

const HEADER = 24;

/**
 * A record batch as the store holds it: what stands before the batch makes a missing neighbour visible.
 * A stored batch answers for all offsets after `previous` up to its last one; those that it lacks were compacted away.
 */
export interface StoredBatch {
  /** The last offset of the batch stored before this one. */
  previous: number;
  lastOffset: number;
  /** The greatest timestamp in the log up to and with this batch: it only grows, so it can be searched. */
  maxTimestamp: number;
  /** From when on compaction may drop the batch's tombstones; 0 while none has seen them. */
  deleteHorizon: number;
  batch: Buffer;
}

export function encodeStoredBatch(stored: Omit<StoredBatch, 'lastOffset'>): Buffer {
  const payload = Buffer.allocUnsafe(HEADER + stored.batch.length);
  payload.writeDoubleLE(stored.previous, 0);
  payload.writeDoubleLE(stored.maxTimestamp, 8);
  payload.writeDoubleLE(stored.deleteHorizon, 16);
  stored.batch.copy(payload, HEADER);
  return payload;
}

export function decodeStoredBatch(key: BatchKey, payload: Buffer): StoredBatch {
  if (payload.length < HEADER) throw new CorruptRecord(`Batch ${key.join('/')}`);
  return {
    previous: payload.readDoubleLE(0),
    lastOffset: key[2],
    maxTimestamp: payload.readDoubleLE(8),
    deleteHorizon: payload.readDoubleLE(16),
    batch: payload.subarray(HEADER),
  };
}
