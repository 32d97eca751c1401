import type { Logger } from '#platform/logger.js';
import type { CheckpointWatch } from './checkpoint-watch.js';
import type { Leases } from './leases.js';
import { LeaseHeld, ProcessorStopped } from './processor.js';
import type { RunnerState } from './runner.js';

/** What one of all workers does whenever a view has moved. */
export interface ElectedWork {
  /** Of the lease. */
  readonly name: string;
  /** What wakes it: processors whose checkpoints have moved, or whatever else is told on their channel. */
  readonly wokenBy: readonly string[];
  /** Fences off whoever did it before, and finds out where to go on. Called with the lease, again after each error. */
  open(): Promise<void>;
  /** Does what there is to do. @returns for how many ms it rests then, whatever moves. */
  look(): Promise<number>;
  /** In how many ms there is something to do although nobody wakes it; undefined: never. */
  dueInMs?(): number | undefined;
  /** Gives up what `open` made. */
  abandon?(): Promise<void>;
}

export interface ElectedParts {
  leases: Pick<Leases, 'take' | 'giveBack' | 'holds'>;
  watch: Pick<CheckpointWatch, 'onMoved'>;
  logger: Logger;
}

/** The clock is compared at least so often, without a query: a machine that slept has timers that are late. */
const LONGEST_SLEEP_MS = 30_000;
const STANDBY_RETRY_MS = 500;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

/** Has the worker that holds the lease do the work, whenever something moves, and again after an error. */
export class Elected {
  private phase: RunnerState = { kind: 'opening' };
  private retryMs = FIRST_RETRY_MS;
  private heard = false;
  private hears = false;
  private closing = false;
  private wake: () => void = () => {};
  private finished: Promise<void> | undefined;

  constructor(
    private readonly work: ElectedWork,
    private readonly parts: ElectedParts,
  ) {}

  get state(): RunnerState {
    return this.phase;
  }

  /** Whether the work should come to an end. */
  get isClosing(): boolean {
    return this.closing;
  }

  /** Whether a look that takes long should go on: the lease is still held, and nobody wants the end. */
  get goesOn(): boolean {
    return !this.closing && this.holds;
  }

  /** A part of a long look is done: it runs, before the whole is. */
  markRunning(): void {
    this.phase = { kind: 'running' };
    this.retryMs = FIRST_RETRY_MS;
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
    const { work } = this;
    const { watch, leases } = this.parts;
    const hear = () => {
      this.heard = true;
      if (this.hears) this.wake();
    };
    const stopListening = work.wokenBy.map((name) => watch.onMoved(name, hear));
    while (!this.closing) {
      try {
        await leases.take(work.name);
        await work.open();
        await this.lookAgainAndAgain();
      } catch (error) {
        await work.abandon?.();
        await leases.giveBack(work.name);
        if (await this.isFinal(error)) break;
      }
    }
    for (const stop of stopListening) stop();
    await work.abandon?.();
    await leases.giveBack(work.name);
  }

  private async lookAgainAndAgain(): Promise<void> {
    while (!this.closing) {
      this.heard = false;
      const restMs = await this.work.look();
      this.markRunning();
      if (restMs > 0) await this.sleep(restMs);
      await this.untilWoken();
      if (!this.holds) throw new Error('The connection that held the lease was lost.');
    }
  }

  private get holds(): boolean {
    return this.parts.leases.holds(this.work.name);
  }

  /** Until something has moved, there is something to do, or the lease is gone. */
  private async untilWoken(): Promise<void> {
    while (!this.closing && !this.heard && this.holds) {
      const remaining = this.work.dueInMs?.() ?? LONGEST_SLEEP_MS;
      if (remaining <= 0) return;
      this.hears = true;
      await this.sleep(Math.min(remaining, LONGEST_SLEEP_MS));
      this.hears = false;
    }
  }

  /** Says why it cannot go on, and waits as long as it should before the next try. */
  private async isFinal(error: unknown): Promise<boolean> {
    const { name } = this.work;
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof ProcessorStopped) {
      this.phase = { kind: 'stopped', error: message };
      this.parts.logger.error({ processor: name }, message);
      return true;
    }
    if (error instanceof LeaseHeld) {
      this.phase = { kind: 'standby' };
      await this.sleep(STANDBY_RETRY_MS);
      return false;
    }
    this.phase = { kind: 'retrying', error: message };
    this.parts.logger.warn({ processor: name, err: error, retryMs: this.retryMs }, message);
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
