import type { Recorded } from '#contracts/envelope.js';
import type { EventStore } from './event-store.js';
import type { StoredEvent } from './protocol/read-answer.js';

/** How many events are looked at between two batches. */
const LOOKED_AT = 1_000;
/** How many wanted events may wait to be taken: then the store is asked to wait. */
const MOST_WAITING = 4_000;

export interface HistoryRange {
  /** The position after which to start; undefined from the beginning. */
  after?: bigint;
  /** The last position to be read; left out: the last event there is when reading begins. */
  through?: bigint;
  /** Which events are wanted: the others are not even decoded. Left out: all. */
  selects?(event: StoredEvent): boolean;
}

/** Some of the history, in order. */
export interface HistoryBatch {
  /** May be none, where nothing was wanted so far. */
  events: Recorded[];
  /** Up to where everything has been looked at. */
  position: bigint;
}

/**
 * Reads the history once, from its beginning or after a position, to what was its end when reading began. No more than
 * a few thousand events are held at a time, however slowly they are taken.
 */
export async function* readHistory(store: EventStore, range: HistoryRange = {}): AsyncGenerator<HistoryBatch> {
  const { after, through } = range;
  const head = await store.head();
  if (head === undefined) return;
  const end = through !== undefined && through < head ? through : head;
  if (after !== undefined && after >= end) return;
  const reading = new Reading(store, after, end, range.selects ?? (() => true));
  try {
    while (!reading.isOver) {
      const { events, position } = await reading.next();
      if (position !== undefined) yield { events: await store.decode(events), position };
    }
  } finally {
    reading.close();
  }
}

class Reading {
  private readonly subscription;
  private waiting: StoredEvent[] = [];
  private lookedAt = 0;
  private position: bigint | undefined;
  private hasEnded = false;
  private failure: Error | undefined;
  private wake: () => void = () => {};

  constructor(
    store: EventStore,
    after: bigint | undefined,
    private readonly end: bigint,
    private readonly selects: (event: StoredEvent) => boolean,
  ) {
    this.subscription = store.subscribe(after, {
      event: (event) => this.look(event),
      checkpoint: () => {},
      caughtUp: () => this.finish(),
      lost: (error) => {
        this.failure = error;
        this.finish();
      },
    });
  }

  get isOver(): boolean {
    return this.hasEnded && this.waiting.length === 0 && this.failure === undefined;
  }

  async next(): Promise<{ events: StoredEvent[]; position: bigint | undefined }> {
    if (this.lookedAt < LOOKED_AT && !this.hasEnded) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    if (this.failure) throw this.failure;
    const events = this.waiting;
    this.waiting = [];
    this.lookedAt = 0;
    if (this.subscription.isPaused && !this.hasEnded) this.subscription.resume();
    return { events, position: this.position };
  }

  close(): void {
    this.finish();
  }

  private look(event: StoredEvent): void {
    if (this.hasEnded) return;
    if (event.position <= this.end) {
      this.position = event.position;
      this.lookedAt += 1;
      if (this.selects(event)) this.waiting.push(event);
    }
    if (event.position >= this.end) this.finish();
    else if (this.waiting.length >= MOST_WAITING) this.subscription.pause();
    if (this.lookedAt >= LOOKED_AT) this.wake();
  }

  private finish(): void {
    this.hasEnded = true;
    this.subscription.end();
    this.wake();
  }
}
