import { ErrorCode, KafkaError } from './errors.js';
import type { OffsetCommit, Offsets } from './offsets.js';
import { type Store, stateKey } from './store.js';
import type { Topics } from './topics.js';

const MAX_EPOCH = 32_766;

/** The state record of one transactional id. */
interface TransactionState {
  transactionalId: string;
  producerId: number;
  epoch: number;
  timeoutMs: number;
  status: 'Empty' | 'Ongoing' | 'CompleteCommit' | 'CompleteAbort';
  startedAt: number;
  partitions: { topic: string; topicId: number; partition: number }[];
  groups: string[];
  offsets: ({ group: string } & OffsetCommit)[];
}

/**
 * The transaction coordinator.
 *
 * A transaction ends in one synchronous stretch: all markers, the group offsets and the coordinator's own state go to
 * the store in one group, so there is no prepared state to recover and never a CONCURRENT_TRANSACTIONS to answer.
 * After a crash a transaction is either ended everywhere or still open, and an open one is ended by its timeout or by
 * the next producer with its transactional id.
 */
export class Transactions {
  private readonly states = new Map<string, TransactionState>();
  private readonly counter: { nextId: number };

  constructor(
    private readonly store: Store,
    private readonly topics: Topics,
    private readonly offsets: Offsets,
    private readonly maxTimeoutMs: number,
    loaded: ReadonlyMap<string, unknown>,
  ) {
    this.counter = (loaded.get('producers') as { nextId: number } | undefined) ?? { nextId: 1 };
    for (const [key, value] of loaded)
      if (key.startsWith('transaction/')) {
        const state = value as TransactionState;
        this.states.set(state.transactionalId, state);
      }
  }

  private newProducerId(): number {
    this.store.putState('producers', this.counter);
    return this.counter.nextId++;
  }

  /**
   * A producer id for a new producer. With a transactional id: the same id with the next epoch, which fences the
   * producer that had it before and aborts its open transaction.
   */
  initProducerId(transactionalId: string | null, timeoutMs: number): { producerId: number; epoch: number } {
    if (transactionalId === null) return { producerId: this.newProducerId(), epoch: 0 };
    if (transactionalId === '') throw new KafkaError(ErrorCode.INVALID_REQUEST, 'The transactional id is empty.');
    if (timeoutMs <= 0 || timeoutMs > this.maxTimeoutMs)
      throw new KafkaError(
        ErrorCode.INVALID_TRANSACTION_TIMEOUT,
        `The timeout may be ${this.maxTimeoutMs} ms at most.`,
      );
    let state = this.states.get(transactionalId);
    if (!state) {
      state = {
        transactionalId,
        producerId: this.newProducerId(),
        epoch: 0,
        timeoutMs,
        status: 'Empty',
        startedAt: 0,
        partitions: [],
        groups: [],
        offsets: [],
      };
      this.states.set(transactionalId, state);
    } else {
      this.fence(state);
      if (state.epoch > MAX_EPOCH) {
        state.producerId = this.newProducerId();
        state.epoch = 0;
      }
    }
    state.timeoutMs = timeoutMs;
    state.status = 'Empty';
    this.save(state);
    return { producerId: state.producerId, epoch: state.epoch };
  }

  /** Adds partitions to the producer's transaction and so begins it, if none is open. */
  addPartitions(
    transactionalId: string,
    producerId: number,
    epoch: number,
    added: { topic: string; partition: number }[],
  ) {
    const state = this.begin(transactionalId, producerId, epoch);
    for (const { topic, partition } of added) {
      const { topicId } = this.topics.log(topic, partition).state;
      if (!state.partitions.some((known) => known.topicId === topicId && known.partition === partition))
        state.partitions.push({ topic, topicId, partition });
    }
  }

  addGroup(transactionalId: string, producerId: number, epoch: number, group: string) {
    const state = this.begin(transactionalId, producerId, epoch);
    if (!state.groups.includes(group)) state.groups.push(group);
  }

  /** Keeps group offsets until the transaction commits. */
  commitOffsets(transactionalId: string, producerId: number, epoch: number, group: string, commits: OffsetCommit[]) {
    const state = this.find(transactionalId, producerId, epoch);
    if (state.status !== 'Ongoing' || !state.groups.includes(group))
      throw new KafkaError(ErrorCode.INVALID_TXN_STATE, `Group ${group} is not part of the transaction.`);
    for (const commit of commits) {
      const isSame = (known: OffsetCommit & { group: string }) =>
        known.group === group && known.topic === commit.topic && known.partition === commit.partition;
      state.offsets = state.offsets.filter((known) => !isSame(known));
      state.offsets.push({ group, ...commit });
    }
    this.save(state);
  }

  /** Commits or aborts. The same end again is answered like the first one. */
  end(transactionalId: string, producerId: number, epoch: number, commit: boolean) {
    const state = this.find(transactionalId, producerId, epoch);
    if (state.status === (commit ? 'CompleteCommit' : 'CompleteAbort')) return;
    if (state.status !== 'Ongoing')
      throw new KafkaError(ErrorCode.INVALID_TXN_STATE, `Transaction ${transactionalId} is ${state.status}.`);
    this.complete(state, commit);
  }

  /**
   * Checks that a transactional batch belongs to an open transaction of a producer that was not fenced.
   * @throws KafkaError 47, 48 or 49
   */
  checkProduce(transactionalId: string | null, producerId: number, epoch: number, topicId: number, partition: number) {
    if (transactionalId === null)
      throw new KafkaError(ErrorCode.INVALID_TXN_STATE, 'A transactional batch came without a transactional id.');
    const state = this.find(transactionalId, producerId, epoch);
    const isMember = state.partitions.some((known) => known.topicId === topicId && known.partition === partition);
    if (state.status !== 'Ongoing' || !isMember)
      throw new KafkaError(ErrorCode.INVALID_TXN_STATE, 'The partition is not part of an open transaction.');
  }

  /** Aborts transactions that outlived their timeout, and fences their producers. */
  abortExpired(now: number) {
    for (const state of this.states.values())
      if (state.status === 'Ongoing' && now - state.startedAt >= state.timeoutMs) this.fence(state);
  }

  /** For `verify`: how many transactional ids there are. */
  get size(): number {
    return this.states.size;
  }

  private begin(transactionalId: string, producerId: number, epoch: number): TransactionState {
    const state = this.find(transactionalId, producerId, epoch);
    if (state.status !== 'Ongoing') {
      state.status = 'Ongoing';
      state.startedAt = Date.now();
    }
    this.save(state);
    return state;
  }

  private find(transactionalId: string, producerId: number, epoch: number): TransactionState {
    const state = this.states.get(transactionalId);
    if (!state || state.producerId !== producerId)
      throw new KafkaError(ErrorCode.INVALID_PRODUCER_ID_MAPPING, `${transactionalId} has another producer id.`);
    if (state.epoch !== epoch)
      throw new KafkaError(ErrorCode.INVALID_PRODUCER_EPOCH, `${transactionalId} was taken over by a newer producer.`);
    return state;
  }

  /** The markers of a fenced transaction carry the next epoch, so that partitions refuse the old producer too. */
  private fence(state: TransactionState) {
    state.epoch++;
    if (state.status === 'Ongoing') this.complete(state, false);
    else this.save(state);
  }

  private complete(state: TransactionState, commit: boolean) {
    const now = Date.now();
    for (const { topic, topicId, partition } of state.partitions) {
      const log = this.topics.get(topic)?.logs[partition];
      if (log?.state.topicId === topicId) log.appendMarker(state.producerId, state.epoch, commit, now);
    }
    if (commit) for (const { group, ...offset } of state.offsets) this.offsets.commit(group, [offset]);
    state.status = commit ? 'CompleteCommit' : 'CompleteAbort';
    state.partitions = [];
    state.groups = [];
    state.offsets = [];
    this.save(state);
  }

  private save(state: TransactionState) {
    this.store.putState(stateKey('transaction', state.transactionalId), state);
  }
}
