import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import type { Pool } from 'pg';
import type { Logger } from '#platform/logger.js';
import { isServerAway } from '#platform/server-away.js';
import type { CheckpointWatch } from './checkpoint-watch.js';
import type { Checkpoint, HeldCheckpoint } from './checkpoints.js';
import type { Leases } from './leases.js';
import { LeaseHeld, type Position, ProcessorStopped } from './processor.js';
import type { RunnerState } from './runner.js';

/** The name of the lease and of the checkpoint, and the one that health and status tell. */
export const TIMERS = 'timers';

/** What has been seen of the deadlines: the rows as of a position, and what of them was due. */
export interface Look {
  position: bigint;
  dueBy: string;
}

/** The view of running deadlines. */
export interface DeadlineSource<Due> {
  /** Under which name it keeps its checkpoint. */
  readonly view: string;
  position(): Promise<Position>;
  /** Pages of what is due and has not been seen, by owner; those of an owner in the order in which they are due. */
  due(by: string, seen: Look | undefined): AsyncIterable<Due[][]>;
  /** When the first is due that is not due by then. */
  next(by: string): Promise<string | undefined>;
}

export interface TimersParts<Due> {
  source: DeadlineSource<Due>;
  /** The same deadline has the same id, for ever. */
  idOf(due: Due): string;
  /** Does what a deadline asks for; answers the position of what it appended. Doing it twice must do no harm. */
  fire(due: Due): Promise<bigint | undefined>;
  /** Up to which instant deadlines are due. */
  dueBy(): string;
  pool: Pool;
  checkpoint: Pick<Checkpoint, 'takeOver' | 'advance'>;
  leases: Pick<Leases, 'take' | 'giveBack' | 'holds'>;
  watch: Pick<CheckpointWatch, 'onMoved'>;
  endOfStore(): Promise<Position>;
  logger: Logger;
}

/** How many owners' deadlines are fired at once. */
const IN_FLIGHT = 16;
/** How many are remembered that have been fired: a forgotten one is fired again, which does no harm. */
const REMEMBERED = 50_000;
/** The clock is compared at least so often, without a query: a machine that slept has timers that are late. */
const LONGEST_SLEEP_MS = 30_000;
const STANDBY_RETRY_MS = 500;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

/**
 * Fires deadlines that have passed. Of all workers the one that holds the lease does; it looks when the view of
 * deadlines has moved and when the next one is due. What is due stands in the view until an event ends it, so nothing
 * is lost in a crash. The checkpoint says up to which position of the view everything due has been fired.
 */
export class Timers<Due> {
  readonly name = TIMERS;
  readonly kind = 'timers';
  private phase: RunnerState = { kind: 'opening' };
  private held: HeldCheckpoint | undefined;
  private seen: Look | undefined;
  private nextDueAt: string | undefined;
  private readonly fired = new LRUCache<string, true>({ max: REMEMBERED });
  private readonly limit = pLimit(IN_FLIGHT);
  private retryMs = FIRST_RETRY_MS;
  private heard = false;
  private hears = false;
  private closing = false;
  private wake: () => void = () => {};
  private finished: Promise<void> | undefined;

  constructor(private readonly parts: TimersParts<Due>) {}

  /** Up to which position of the view everything due has been fired. */
  get position(): Position {
    return this.held?.position;
  }

  get state(): RunnerState {
    return this.phase;
  }

  start(): void {
    this.finished = this.run();
  }

  async close(): Promise<void> {
    this.closing = true;
    this.wake();
    await this.finished;
  }

  private async run(): Promise<void> {
    const { watch, source, leases } = this.parts;
    const stopListening = watch.onMoved(source.view, () => {
      this.heard = true;
      if (this.hears) this.wake();
    });
    while (!this.closing) {
      try {
        await this.open();
        await this.work();
      } catch (error) {
        await leases.giveBack(TIMERS);
        if (await this.isFinal(error)) break;
      }
    }
    stopListening();
    await leases.giveBack(TIMERS);
  }

  private async open(): Promise<void> {
    const { leases, checkpoint, endOfStore } = this.parts;
    await leases.take(TIMERS);
    this.held = await checkpoint.takeOver(undefined, endOfStore);
    this.seen = undefined;
  }

  private async work(): Promise<void> {
    while (!this.closing) {
      this.heard = false;
      await this.look();
      this.phase = { kind: 'running' };
      this.retryMs = FIRST_RETRY_MS;
      await this.untilWoken();
      if (!this.parts.leases.holds(TIMERS)) throw new Error('The connection that held the lease was lost.');
    }
  }

  /** Fires what has become due, or was set, since the last look. */
  private async look(): Promise<void> {
    const { source, checkpoint, pool } = this.parts;
    const position = await source.position();
    // A view that is being filled again tells the past: what it says was due may have been dealt with since.
    if (position === undefined || position < (this.held!.position ?? 0n)) return;
    const dueBy = this.parts.dueBy();
    const appended = await this.fireAll(source.due(dueBy, this.seen));
    if (this.closing) return;
    this.held = await checkpoint.advance(pool, this.held!, position, appended);
    this.seen = { position, dueBy };
    this.nextDueAt = await source.next(dueBy);
  }

  /** @throws what stopped one of them, when every other one that could be fired has been. */
  private async fireAll(pages: AsyncIterable<Due[][]>): Promise<bigint | undefined> {
    let appended: bigint | undefined;
    let failure: { error: unknown } | undefined;
    for await (const page of pages) {
      const results = await Promise.allSettled(page.map((owners) => this.limit(() => this.fireInOrder(owners))));
      for (const result of results) {
        if (result.status === 'rejected') failure ??= { error: result.reason };
        else if (result.value !== undefined && result.value > (appended ?? -1n)) appended = result.value;
      }
      if (this.closing || (failure && isServerAway(failure.error))) break;
    }
    if (failure) throw failure.error;
    return appended;
  }

  private async fireInOrder(deadlines: Due[]): Promise<bigint | undefined> {
    const { idOf, fire } = this.parts;
    let appended: bigint | undefined;
    for (const due of deadlines) {
      const id = idOf(due);
      if (this.fired.has(id)) continue;
      appended = (await fire(due)) ?? appended;
      this.fired.set(id, true);
    }
    return appended;
  }

  /** Until the view has moved, the next deadline is due, or the lease is gone. */
  private async untilWoken(): Promise<void> {
    while (!this.closing && !this.heard && this.parts.leases.holds(TIMERS)) {
      const remaining = this.nextDueAt === undefined ? LONGEST_SLEEP_MS : this.msUntil(this.nextDueAt);
      if (remaining <= 0) return;
      this.hears = true;
      await this.sleep(Math.min(remaining, LONGEST_SLEEP_MS));
      this.hears = false;
    }
  }

  private msUntil(instant: string): number {
    return Date.parse(instant) - Date.parse(this.parts.dueBy());
  }

  /** Says why it cannot go on, and waits as long as it should before the next try. */
  private async isFinal(error: unknown): Promise<boolean> {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof ProcessorStopped) {
      this.phase = { kind: 'stopped', error: message };
      this.parts.logger.error({ processor: TIMERS }, message);
      return true;
    }
    if (error instanceof LeaseHeld) {
      this.phase = { kind: 'standby' };
      await this.sleep(STANDBY_RETRY_MS);
      return false;
    }
    this.phase = { kind: 'retrying', error: message };
    this.parts.logger.warn({ processor: TIMERS, err: error, retryMs: this.retryMs }, message);
    await this.sleep(this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
    return false;
  }

  private async sleep(ms: number): Promise<void> {
    if (this.closing) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = () => {};
  }
}
