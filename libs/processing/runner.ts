import type { Recorded } from '#contracts/envelope.js';
import type { Logger } from '#platform/logger.js';
import {
  Fenced,
  Idle,
  LeaseHeld,
  type Position,
  type Processor,
  type ProcessorObserver,
  ProcessorStopped,
  type SourceName,
  unobserved,
} from './processor.js';

export type RunnerState =
  | { kind: 'opening' }
  /** What it would fill does not exist. */
  | { kind: 'absent' }
  | { kind: 'standby' }
  | { kind: 'running' }
  | { kind: 'retrying'; error: string }
  | { kind: 'stopped'; error: string };

/** How many events a processor takes at once, and how many may wait for it before the reading pauses. */
const BATCH = 4_000;
const WAITING = 2 * BATCH;
/**
 * How long a small batch waits for company: as long as the last one took. Alone that is a few milliseconds. After a
 * crowded batch it is longer: a dozen processors that each store a checkpoint every few milliseconds would cost more than
 * the events themselves.
 */
const LONGEST_LINGER_MS = 250;
const CROWDED = 50;
const CROWDED_LINGER_MS = 100;
const STANDBY_RETRY_MS = 500;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

/** Runs one processor: queues what the reader delivers, forms batches, opens it again after an error. */
export class Runner {
  private phase: RunnerState = { kind: 'opening' };
  /** Why nothing can be read for it at present. */
  cutOff: string | undefined;
  /** What the processor has stored. */
  position: Position;
  private queue: Recorded[] = [];
  /** How far the reader has come, events that are none of this processor's business included. */
  private delivered: Position;
  private retryMs = FIRST_RETRY_MS;
  private closing = false;
  private outdated = false;
  private wake: () => void = () => {};
  private finished: Promise<void> | undefined;

  constructor(
    readonly processor: Processor,
    private readonly logger: Logger,
    /** Called when there is room again, when the processor has opened, and when it takes nothing more for now. */
    private readonly listener: { drained(): void; opened(): void; left(): void },
    private readonly observer: ProcessorObserver = unobserved,
  ) {}

  get name(): string {
    return this.processor.name;
  }

  get segments(): Processor['segments'] {
    return this.processor.segments;
  }

  get kind(): Processor['kind'] {
    return this.processor.kind;
  }

  get source(): SourceName {
    return this.processor.source ?? 'event-store';
  }

  get notice(): string | undefined {
    return this.processor.notice;
  }

  /** What is told of it: ready to run while nothing can be read is not running. */
  get state(): RunnerState {
    const isCutOff = this.isRunning && this.cutOff !== undefined;
    return isCutOff ? { kind: 'retrying', error: this.cutOff! } : this.phase;
  }

  /** Whether it takes what is delivered. Not any more when it shall open again: it may have to give up what it holds. */
  get isRunning(): boolean {
    return this.phase.kind === 'running' && !this.outdated;
  }

  /** Whether the reader has to wait. A processor that is not running holds nobody up: it is caught up with later. */
  get isFull(): boolean {
    return this.isRunning && this.queue.length >= WAITING;
  }

  start(): void {
    this.finished = this.run();
  }

  /** Takes what is new to it of a delivery. */
  deliver(events: Recorded[], through: bigint): void {
    if (!this.isRunning) return;
    const from = this.delivered;
    for (const event of events) {
      if (from === undefined || event.position > from) this.queue.push(event);
    }
    if (from === undefined || through > from) this.delivered = through;
    this.wake();
  }

  /** Opens the processor again as soon as it is between two batches: what it may hold has changed. */
  reopen(): void {
    this.outdated = true;
    this.wake();
  }

  async close(): Promise<void> {
    this.closing = true;
    this.wake();
    await this.finished;
  }

  private async run(): Promise<void> {
    while (!this.closing) {
      try {
        this.outdated = false;
        this.position = await this.processor.open();
        this.delivered = this.position;
        this.queue = [];
        this.phase = { kind: 'running' };
        if (this.notice !== undefined) this.logger.warn({ processor: this.name }, this.notice);
        this.listener.opened();
        await this.work();
        this.leave({ kind: 'opening' });
      } catch (error) {
        await this.failed(error);
      }
    }
    await this.processor.close().catch(() => {});
  }

  private async work(): Promise<void> {
    let lingerMs = 0;
    while (!this.closing && !this.outdated) {
      if (this.delivered === this.position) {
        await this.sleep();
        continue;
      }
      if (this.queue.length < BATCH) await pause(lingerMs);
      const wasFull = this.isFull;
      const batch = this.queue.length <= BATCH ? this.queue : this.queue.slice(0, BATCH);
      const through = this.queue.length <= BATCH ? this.delivered! : batch.at(-1)!.position;
      this.queue = this.queue.length <= BATCH ? [] : this.queue.slice(BATCH);
      const began = performance.now();
      await this.observer.batch(this.processor, batch, () => this.processor.process(batch, through));
      const tookMs = performance.now() - began;
      lingerMs = Math.min(batch.length < CROWDED ? tookMs : Math.max(tookMs, CROWDED_LINGER_MS), LONGEST_LINGER_MS);
      this.position = through;
      this.retryMs = FIRST_RETRY_MS;
      if (wasFull && !this.isFull) this.listener.drained();
    }
  }

  /** Says why it cannot go on, and waits as long as it should before the next try. */
  private async failed(error: unknown): Promise<void> {
    if (error instanceof Idle) {
      this.leave({ kind: error.state });
      await this.untilTold();
      return;
    }
    if (error instanceof LeaseHeld) {
      this.leave({ kind: 'standby' });
      await this.sleep(STANDBY_RETRY_MS);
      return;
    }
    const message = error instanceof Error ? error.message : String(error);
    this.observer.failed(this.processor);
    if (error instanceof ProcessorStopped) {
      this.leave({ kind: 'stopped', error: message });
      this.logger.error({ processor: this.name }, message);
      await this.processor.close().catch(() => {});
      await this.untilTold();
      return;
    }
    this.leave({ kind: 'retrying', error: message });
    this.logger.warn({ processor: this.name, err: error, retryMs: this.retryMs }, message);
    await this.processor.close().catch(() => {});
    if (error instanceof Fenced) {
      // Nothing is wrong: what it fed has moved or was taken over, and whoever moves it waits for it, with queries in turn.
      await this.sleep(FIRST_RETRY_MS);
      return;
    }
    await this.sleep(this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
  }

  private leave(phase: RunnerState): void {
    const wasRunning = this.phase.kind === 'running';
    this.phase = phase;
    this.queue = [];
    if (wasRunning) this.listener.left();
  }

  private async untilTold(): Promise<void> {
    while (!this.closing && !this.outdated) await this.sleep();
  }

  /** Until something is delivered, the runner is closed or told to open again, or the time is up. */
  private async sleep(ms?: number): Promise<void> {
    if (this.closing) return;
    await new Promise<void>((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
      this.wake = () => {
        if (ms !== undefined && !this.closing && !this.outdated) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = () => {};
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
