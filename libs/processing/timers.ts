import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import type { Pool } from 'pg';
import { isServerAway } from '#platform/server-away.js';
import type { Checkpoint } from './checkpoints.js';
import { Elected, type ElectedParts } from './elected.js';
import type { Position } from './processor.js';

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

export interface TimersParts<Due> extends ElectedParts {
  source: DeadlineSource<Due>;
  /** The same deadline has the same id, for ever. */
  idOf(due: Due): string;
  /** Does what a deadline asks for; answers the position of what it appended. Doing it twice must do no harm. */
  fire(due: Due): Promise<bigint | undefined>;
  /** Up to which instant deadlines are due. */
  dueBy(): string;
  pool: Pool;
  checkpoint: Pick<Checkpoint, 'takeOver' | 'advance'>;
  endOfStore(): Promise<Position>;
}

/** How many owners' deadlines are fired at once. */
const IN_FLIGHT = 16;
/** How many are remembered that have been fired: a forgotten one is fired again, which does no harm. */
const REMEMBERED = 50_000;

/**
 * Fires deadlines that have passed. Of all workers the one that holds the lease does; it looks when the view of
 * deadlines has moved and when the next one is due. What is due stands in the view until an event ends it, so nothing
 * is lost in a crash. The checkpoint says up to which position of the view everything due has been fired.
 */
export class Timers<Due> extends Elected {
  readonly name = TIMERS;
  readonly kind = 'timers';
  protected readonly wokenBy: readonly string[];
  private seen: Look | undefined;
  private nextDueAt: string | undefined;
  private readonly fired = new LRUCache<string, true>({ max: REMEMBERED });
  private readonly limit = pLimit(IN_FLIGHT);

  constructor(private readonly parts: TimersParts<Due>) {
    super(parts);
    this.wokenBy = [parts.source.view];
  }

  protected async open(): Promise<void> {
    const { checkpoint, endOfStore } = this.parts;
    this.held = await checkpoint.takeOver(undefined, endOfStore);
    this.seen = undefined;
  }

  /** Fires what has become due, or was set, since the last look. */
  protected async look(): Promise<number> {
    const { source, checkpoint, pool } = this.parts;
    const position = await source.position();
    // A view that is being filled again tells the past: what it says was due may have been dealt with since.
    if (position === undefined || position < (this.held!.position ?? 0n)) return 0;
    const dueBy = this.parts.dueBy();
    const appended = await this.fireAll(source.due(dueBy, this.seen));
    if (this.isClosing) return 0;
    this.held = await checkpoint.advance(pool, this.held!, position, appended);
    this.seen = { position, dueBy };
    this.nextDueAt = await source.next(dueBy);
    return 0;
  }

  /** Until the next deadline is due. */
  protected dueInMs(): number | undefined {
    return this.nextDueAt === undefined ? undefined : Date.parse(this.nextDueAt) - Date.parse(this.parts.dueBy());
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
      if (this.isClosing || (failure && isServerAway(failure.error))) break;
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
}
