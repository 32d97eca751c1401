import type { Logger } from '#platform/logger.js';
import type { CheckpointWatch } from './checkpoint-watch.js';
import type { HeldCheckpoint } from './checkpoints.js';
import type { Leases } from './leases.js';
import { LeaseHeld, type Position, ProcessorStopped } from './processor.js';
import type { RunnerState } from './runner.js';

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

/** What one of all workers does: the one that holds the lease, whenever something moves, and again after an error. */
export abstract class Elected {
  /** Of the lease. */
  abstract readonly name: string;
  /** What wakes it: processors whose checkpoints have moved, or whatever else is told on their channel. */
  protected abstract readonly wokenBy: readonly string[];
  protected held: HeldCheckpoint | undefined;
  private phase: RunnerState = { kind: 'opening' };
  private retryMs = FIRST_RETRY_MS;
  private heard = false;
  private hears = false;
  private closing = false;
  private wake: () => void = () => {};
  private finished: Promise<void> | undefined;

  constructor(private readonly elected: ElectedParts) {}

  /** Fences off whoever did it before, and finds out where to go on. Called with the lease, again after each error. */
  protected abstract open(): Promise<void>;

  /** Does what there is to do. @returns for how many ms it rests then, whatever moves. */
  protected abstract look(): Promise<number>;

  /** In how many ms there is something to do although nobody wakes it; undefined: never. */
  protected abstract dueInMs(): number | undefined;

  /** Gives up what `open` made. */
  protected async abandon(): Promise<void> {}

  get state(): RunnerState {
    return this.phase;
  }

  /** Up to where all of it is done. */
  get position(): Position {
    return this.held?.position;
  }

  /** Whether the work should come to an end. */
  protected get isClosing(): boolean {
    return this.closing;
  }

  /** Whether a look that takes long should go on: the lease is still held, and nobody wants the end. */
  protected get goesOn(): boolean {
    return !this.closing && this.holds;
  }

  /** A part of a long look is done: it runs, before the whole is. */
  protected markRunning(): void {
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
    const { watch, leases } = this.elected;
    const hear = () => {
      this.heard = true;
      if (this.hears) this.wake();
    };
    const stopListening = this.wokenBy.map((name) => watch.onMoved(name, hear));
    while (!this.closing) {
      try {
        await leases.take(this.name);
        await this.open();
        await this.lookAgainAndAgain();
      } catch (error) {
        await this.abandon();
        await leases.giveBack(this.name);
        if (await this.isFinal(error)) break;
      }
    }
    for (const stop of stopListening) stop();
    await this.abandon();
    await leases.giveBack(this.name);
  }

  private async lookAgainAndAgain(): Promise<void> {
    while (!this.closing) {
      this.heard = false;
      const restMs = await this.look();
      this.markRunning();
      if (restMs > 0) await this.sleep(restMs);
      await this.untilWoken();
      if (!this.holds) throw new Error('The connection that held the lease was lost.');
    }
  }

  private get holds(): boolean {
    return this.elected.leases.holds(this.name);
  }

  /** Until something has moved, there is something to do, or the lease is gone. */
  private async untilWoken(): Promise<void> {
    while (!this.closing && !this.heard && this.holds) {
      const remaining = this.dueInMs() ?? LONGEST_SLEEP_MS;
      if (remaining <= 0) return;
      this.hears = true;
      await this.sleep(Math.min(remaining, LONGEST_SLEEP_MS));
      this.hears = false;
    }
  }

  /** Says why it cannot go on, and waits as long as it should before the next try. */
  private async isFinal(error: unknown): Promise<boolean> {
    const { name } = this;
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof ProcessorStopped) {
      this.phase = { kind: 'stopped', error: message };
      this.elected.logger.error({ processor: name }, message);
      return true;
    }
    if (error instanceof LeaseHeld) {
      this.phase = { kind: 'standby' };
      await this.sleep(STANDBY_RETRY_MS);
      return false;
    }
    this.phase = { kind: 'retrying', error: message };
    this.elected.logger.warn({ processor: name, err: error, retryMs: this.retryMs }, message);
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
