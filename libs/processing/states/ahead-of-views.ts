import type { ChangedState } from './changed-states.js';

/** A customer whose last change lies ahead of a view. */
interface Ahead {
  /** Of the change with which its state was sent; undefined: it was not. */
  mark: string | undefined;
  /** Everything up to here is sent. */
  complete: bigint;
}

/**
 * The changes of a topic that not every view has come as far as. Mostly the views are level a moment later: such a
 * change waits for the next look, so that it is one message. Then it is sent all the same, once, so that a view which
 * stands still or an import keeps nobody waiting; and again as soon as the views are there, which tells that it is in.
 */
export class AheadOfViews {
  private before = new Map<string, Ahead>();
  private now = new Map<string, Ahead>();
  private earlier: bigint;

  /** @param reached up to here everything is sent. */
  constructor(private reached: bigint) {
    this.earlier = reached;
  }

  /** Every view has come as far as this. What is noted from here on comes from later events. */
  beginLook(reached: bigint): void {
    [this.before, this.now] = [this.now, new Map()];
    [this.earlier, this.reached] = [this.reached, reached];
  }

  /** Whether the state of a customer is to be sent in this look. Asked once for each that is noted. */
  isDue({ customerId, position, mark }: ChangedState): boolean {
    if (position <= this.reached) return true;
    const known = this.before.get(customerId);
    this.now.set(customerId, known ?? { mark: undefined, complete: this.earlier });
    return known !== undefined && known.mark !== mark;
  }

  /** It was sent, out of a snapshot of this position. */
  sent({ customerId, position, mark }: ChangedState, complete: bigint): void {
    if (position > complete) this.now.set(customerId, { mark, complete });
    else this.now.delete(customerId);
  }

  /** Some wait for the next look. */
  get isWaiting(): boolean {
    return [...this.now.values()].some(({ mark }) => mark === undefined);
  }

  /** Up to where every change is sent, at the end of a look. */
  get complete(): bigint {
    let lowest = this.reached;
    for (const { complete } of this.now.values()) if (complete < lowest) lowest = complete;
    return lowest;
  }
}
