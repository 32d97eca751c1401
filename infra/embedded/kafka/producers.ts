import { ErrorCode, KafkaError } from './errors.js';
import type { BatchHeader } from './record-batch.js';
import { type Store, stateKey } from './store.js';

const REMEMBERED_BATCHES = 5;
const SEQUENCES = 2 ** 31;

interface AppendedBatch {
  firstSequence: number;
  lastSequence: number;
  baseOffset: number;
}

/** What one partition knows of one producer. Stored as it is. */
export interface ProducerState {
  producerId: number;
  epoch: number;
  batches: AppendedBatch[];
  /** The first offset of the producer's open transaction on this partition. */
  openSince: number | null;
  usedAt: number;
}

/**
 * The producers of one partition: their epochs, their last five batches, their open transactions.
 * A producer not seen before, or with a new id, may start at any sequence, as in Kafka: its earlier batches may
 * have gone with a deleted topic.
 */
export class Producers {
  private readonly states = new Map<number, ProducerState>();
  /** In the order of their first offsets, as transactions only ever open at the log's end. */
  private readonly open = new Map<number, number>();

  constructor(
    private readonly store: Store,
    private readonly topicId: number,
    private readonly partition: number,
    loaded: readonly ProducerState[],
  ) {
    for (const state of loaded) this.states.set(state.producerId, state);
    const opened = loaded.filter((state) => state.openSince !== null);
    for (const state of opened.sort((a, b) => a.openSince! - b.openSince!))
      this.open.set(state.producerId, state.openSince!);
  }

  /** The first offset of the oldest open transaction. */
  get firstOpenOffset(): number | null {
    for (const offset of this.open.values()) return offset;
    return null;
  }

  openSince(producerId: number): number | null {
    return this.open.get(producerId) ?? null;
  }

  /**
   * Checks a batch against what its producer sent before.
   * @returns the offset that the same batch already has, or null when it is to be appended.
   * @throws KafkaError 45 for a gap, 47 for an older epoch, 48 for a plain batch inside a transaction.
   */
  check(batch: BatchHeader): number | null {
    const state = this.states.get(batch.producerId);
    if (!state) return null;
    if (batch.producerEpoch < state.epoch)
      throw new KafkaError(ErrorCode.INVALID_PRODUCER_EPOCH, 'A producer with a newer epoch has taken over.');
    const lastSequence = sequenceAfter(batch.baseSequence, batch.count - 1);
    if (batch.producerEpoch === state.epoch) {
      const same = state.batches.find(
        (known) => known.firstSequence === batch.baseSequence && known.lastSequence === lastSequence,
      );
      if (same) return same.baseOffset;
    }
    if (!batch.transactional && state.openSince !== null)
      throw new KafkaError(ErrorCode.INVALID_TXN_STATE, 'The producer has an open transaction on this partition.');
    const last = batch.producerEpoch === state.epoch ? state.batches.at(-1) : undefined;
    const expected = last ? sequenceAfter(last.lastSequence, 1) : 0;
    if (batch.baseSequence !== expected)
      throw new KafkaError(
        ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
        `Sequence ${batch.baseSequence} came where ${expected} was expected.`,
      );
    return null;
  }

  /** Takes down a batch that was appended. */
  appended(batch: BatchHeader, baseOffset: number, now: number) {
    const state = this.stateOf(batch.producerId, batch.producerEpoch);
    state.usedAt = now;
    state.batches.push({
      firstSequence: batch.baseSequence,
      lastSequence: sequenceAfter(batch.baseSequence, batch.count - 1),
      baseOffset,
    });
    if (state.batches.length > REMEMBERED_BATCHES) state.batches.shift();
    if (batch.transactional && state.openSince === null) {
      state.openSince = baseOffset;
      this.open.set(batch.producerId, baseOffset);
    }
    this.save(state);
  }

  /**
   * Takes down the end of a transaction; a marker with a newer epoch fences the producer here.
   * @returns the first offset of the transaction on this partition, null when it wrote nothing here.
   */
  ended(producerId: number, epoch: number, now: number): number | null {
    const state = this.stateOf(producerId, epoch);
    const since = state.openSince;
    state.openSince = null;
    state.usedAt = now;
    this.open.delete(producerId);
    this.save(state);
    return since;
  }

  /** Forgets producers that were idle for long; an open transaction keeps its producer. */
  expire(before: number) {
    for (const state of this.states.values())
      if (state.usedAt < before && state.openSince === null) {
        this.states.delete(state.producerId);
        this.store.removeState(this.key(state.producerId));
      }
  }

  /** Removes all of it from the store, with its partition. */
  drop() {
    for (const producerId of this.states.keys()) this.store.removeState(this.key(producerId));
  }

  private stateOf(producerId: number, epoch: number): ProducerState {
    let state = this.states.get(producerId);
    if (!state) {
      state = { producerId, epoch, batches: [], openSince: null, usedAt: 0 };
      this.states.set(producerId, state);
    } else if (state.epoch !== epoch) {
      state.epoch = epoch;
      state.batches = [];
    }
    return state;
  }

  private save(state: ProducerState) {
    this.store.putState(this.key(state.producerId), state);
  }

  private key(producerId: number): string {
    return stateKey('producer', this.topicId, this.partition, producerId);
  }
}

/** Sequence numbers run from 0 to 2^31 - 1 and start again. */
export function sequenceAfter(sequence: number, by: number): number {
  return (sequence + by) % SEQUENCES;
}
