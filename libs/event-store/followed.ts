import type { Recorded } from '#contracts/envelope.js';
import type { EventStore } from './event-store.js';
import type { StoredEvent } from './protocol/read-answer.js';
import type { AllSubscription } from './protocol/reads.js';

/** How many events may wait to be taken: then the store is asked to wait. */
const MOST_WAITING = 500;

/**
 * Events as they are recorded, in batches that are taken when the taker is ready for them. As long as nobody takes any,
 * no more than a few hundred are held here, and the store sends no more.
 */
export class Followed {
  private readonly subscription: AllSubscription;
  private waiting: StoredEvent[] = [];
  private isOver = false;
  private wake: () => void = () => {};

  /** The position up to which everything has been taken, or looked at by the store and found to be none of ours. */
  position: bigint | undefined;

  /** @param after the position after which to start; undefined from the beginning. */
  constructor(
    private readonly store: EventStore,
    after: bigint | undefined,
  ) {
    this.position = after;
    this.subscription = store.subscribe(after, {
      event: (event) => {
        this.waiting.push(event);
        if (this.waiting.length >= MOST_WAITING) this.subscription.pause();
        this.wake();
      },
      checkpoint: (position) => {
        if (this.waiting.length === 0) this.position = position;
      },
      caughtUp: () => {},
      lost: () => this.finish(),
    });
  }

  /** Nothing more will come: it was closed, or the store went away. */
  get hasEnded(): boolean {
    return this.isOver;
  }

  /**
   * The next events, at least one; none when none came in time, or when it has ended. One call at a time.
   */
  async next(timeoutMs: number): Promise<Recorded[]> {
    if (this.waiting.length === 0 && !this.isOver) await this.somethingNew(timeoutMs);
    if (this.isOver) return [];
    const taken = this.waiting;
    this.waiting = [];
    if (this.subscription.isPaused) this.subscription.resume();
    const events = await this.store.decode(taken);
    if (events.length > 0) this.position = events.at(-1)!.position;
    return events;
  }

  close(): void {
    this.finish();
    this.subscription.end();
  }

  private finish(): void {
    this.isOver = true;
    this.waiting = [];
    this.wake();
  }

  private async somethingNew(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      timer = setTimeout(resolve, timeoutMs);
    });
    clearTimeout(timer);
  }
}
