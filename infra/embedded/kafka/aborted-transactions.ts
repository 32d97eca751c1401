import { type Store, stateKey } from './store.js';

/** A transaction that was aborted on one partition: from its first record to its marker. */
export interface AbortedTransaction {
  producerId: number;
  firstOffset: number;
  lastOffset: number;
}

/** The aborted transactions of one partition, which a read_committed consumer needs to leave their records out. */
export class AbortedTransactions {
  /** By last offset. */
  private list: AbortedTransaction[];

  constructor(
    private readonly store: Store,
    private readonly topicId: number,
    private readonly partition: number,
    loaded: readonly AbortedTransaction[],
  ) {
    this.list = [...loaded].sort((a, b) => a.lastOffset - b.lastOffset);
  }

  add(aborted: AbortedTransaction) {
    this.list.push(aborted);
    this.store.putState(this.key(aborted), aborted);
  }

  /** Those that have a record between the two offsets, the second one exclusive. */
  between(from: number, to: number): AbortedTransaction[] {
    let low = 0;
    for (let high = this.list.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (this.list[middle]!.lastOffset < from) low = middle + 1;
      else high = middle;
    }
    const found: AbortedTransaction[] = [];
    for (let i = low; i < this.list.length; i++) if (this.list[i]!.firstOffset < to) found.push(this.list[i]!);
    return found;
  }

  /** Forgets those whose marker lies before the offset: their records are gone. */
  dropBefore(offset: number) {
    for (const aborted of this.list) {
      if (aborted.lastOffset >= offset) break;
      this.store.removeState(this.key(aborted));
    }
    this.list = this.list.filter((aborted) => aborted.lastOffset >= offset);
  }

  drop() {
    this.dropBefore(Number.MAX_SAFE_INTEGER);
  }

  private key(aborted: AbortedTransaction): string {
    return stateKey('aborted', this.topicId, this.partition, aborted.lastOffset);
  }
}
