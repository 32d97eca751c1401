import type { StoredEvent } from '#event-store/protocol/read-answer.js';
import type { Logger } from '#platform/logger.js';
import type { EventSource, Subscription } from './event-source.js';
import { type Position, type Processor, type ProcessorObserver, unobserved } from './processor.js';
import { Runner } from './runner.js';

/** How many records are decoded at once, and how many may wait for it. */
const DECODED_AT_ONCE = 1_000;
const UNDECODED = 4_000;
/** The pause before the reading starts again, doubled as long as nothing could be handed on. */
const FIRST_RESUBSCRIBE_MS = 250;
const LONGEST_RESUBSCRIBE_MS = 10_000;

/**
 * Reads a source, as a rule `$all`, once for all of its processors, from the lowest position that any of them holds,
 * decodes each event once, and hands it to every processor; each skips what it has. A processor that failed is left
 * behind; when it opens again, the reading starts again from where it stands.
 */
export class Engine<Undecoded extends { position: bigint } = StoredEvent> {
  readonly runners: Runner[];
  private subscription: Subscription | undefined;
  private undecoded: Undecoded[] = [];
  /** How far the source has looked, and how far what it found has been handed on. */
  private looked: Position;
  private handedOn: Position;
  private pumping = false;
  private closing = false;
  private restart: NodeJS.Timeout | undefined;
  private resubscribeMs = FIRST_RESUBSCRIBE_MS;

  constructor(
    private readonly source: EventSource<Undecoded>,
    processors: Processor[],
    private readonly logger: Logger,
    observer: ProcessorObserver = unobserved,
  ) {
    const listener = {
      drained: () => this.pump(),
      opened: () => this.subscribeFromLowest(),
      left: () => this.goOnWithout(),
    };
    this.runners = processors.map((processor) => new Runner(processor, logger, listener, observer));
  }

  start(): void {
    for (const runner of this.runners) runner.start();
  }

  /** What every processor that does something has stored; undefined: one of them cannot tell. */
  get stored(): Position {
    const active = this.runners.filter(({ state }) => state.kind !== 'absent' && state.kind !== 'standby');
    return active.length > 0 && active.every((runner) => runner.isRunning) ? lowestOf(active) : undefined;
  }

  /** What the processors may hold has changed: until they have opened again, they take nothing. */
  reopen(): void {
    for (const runner of this.runners) runner.reopen();
  }

  async close(): Promise<void> {
    this.closing = true;
    clearTimeout(this.restart);
    this.subscription?.end();
    await Promise.all(this.runners.map((runner) => runner.close()));
  }

  /**
   * A processor failed. What had yet to be read for it alone is left out, or one that fails again and again far behind
   * would have everything read again each time while the others wait; and nobody waits for its queue any more.
   */
  private goOnWithout(): void {
    const running = this.runners.filter((runner) => runner.isRunning);
    if (this.closing || !this.subscription) return;
    if (running.length === 0) {
      this.stopReading();
      return;
    }
    const lowest = lowestOf(running);
    if (lowest !== undefined && (this.handedOn === undefined || lowest > this.handedOn)) this.subscribe(lowest);
    else this.pump();
  }

  /** Starts reading, or starts again when a processor stands behind what was handed on already. */
  private subscribeFromLowest(): void {
    const running = this.runners.filter((runner) => runner.isRunning);
    if (this.closing || running.length === 0) return;
    const lowest = lowestOf(running);
    const isBehind =
      lowest === undefined ? this.handedOn !== undefined : this.handedOn !== undefined && lowest < this.handedOn;
    if (this.subscription && !isBehind) {
      // It stands where the reading stands, or ahead of it: it can join as it is.
      if (this.handedOn !== undefined) for (const runner of running) runner.deliver([], this.handedOn);
      return;
    }
    this.subscribe(lowest);
  }

  private subscribe(after: Position): void {
    this.stopReading();
    this.looked = after;
    this.handedOn = after;
    const subscription = this.source.subscribe(after, {
      event: (event) => {
        this.undecoded.push(event);
        this.looked = event.position;
        if (this.undecoded.length >= UNDECODED) subscription.pause();
        this.pump();
      },
      checkpoint: (position) => {
        this.looked = position;
        this.pump();
      },
      caughtUp: () => {
        // Nothing more to read: the store is there, and whatever it holds could be read.
        if (this.looked === this.handedOn) this.reachable();
      },
      lost: (error) => this.lost(subscription, error),
    });
    this.subscription = subscription;
  }

  private stopReading(): void {
    clearTimeout(this.restart);
    const { subscription } = this;
    this.subscription = undefined;
    subscription?.end();
    this.undecoded = [];
  }

  private lost(subscription: Subscription, error: Error): void {
    if (this.subscription !== subscription || this.closing) return;
    this.logger.warn({ err: error }, `The subscription was lost: ${error.message}`);
    this.subscription = undefined;
    for (const runner of this.runners) runner.cutOff = error.message;
    this.restart = setTimeout(() => this.subscribeFromLowest(), this.resubscribeMs);
    this.resubscribeMs = Math.min(2 * this.resubscribeMs, LONGEST_RESUBSCRIBE_MS);
  }

  private reachable(): void {
    this.resubscribeMs = FIRST_RESUBSCRIBE_MS;
    for (const runner of this.runners) runner.cutOff = undefined;
  }

  /** Hands on what has arrived, unless somebody is full. */
  private pump(): void {
    if (this.pumping) return;
    this.pumping = true;
    void this.handOn()
      .catch((error: Error) => {
        this.logger.error({ err: error }, `What was read cannot be handed on: ${error.message}`);
        const { subscription } = this;
        if (subscription) {
          subscription.end();
          this.lost(subscription, error);
        }
      })
      .finally(() => {
        this.pumping = false;
        // What arrived while the last turn ended found `pumping` set.
        if (this.hasWork()) this.pump();
      });
  }

  private hasWork(): boolean {
    const isFull = this.runners.some((runner) => runner.isFull);
    return !this.closing && this.subscription !== undefined && this.looked !== this.handedOn && !isFull;
  }

  private async handOn(): Promise<void> {
    // Whatever arrived in this turn of the event loop goes along.
    await new Promise(setImmediate);
    while (this.hasWork()) {
      const { subscription } = this;
      const stored = this.undecoded.splice(0, DECODED_AT_ONCE);
      const through = this.undecoded.length === 0 ? this.looked! : stored.at(-1)!.position;
      const events = await this.source.decode(stored);
      if (this.subscription !== subscription) return;
      for (const runner of this.runners) runner.deliver(events, through);
      this.handedOn = through;
      this.reachable();
      if (this.undecoded.length < UNDECODED / 2 && subscription?.isPaused) subscription.resume();
      await new Promise(setImmediate);
    }
  }
}

/** undefined: one of them begins at the beginning. */
function lowestOf(runners: Runner[]): Position {
  return runners.reduce<Position>(
    (low, { position }) => (low === undefined || position === undefined ? undefined : min(low, position)),
    runners[0]!.position,
  );
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
