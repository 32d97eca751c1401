import type { Recorded } from '#contracts/envelope.js';

/** Where a processor goes on: after which position, or from the beginning. */
export type Position = bigint | undefined;

/** How far a segment has come. */
export interface SegmentPosition {
  readonly segment: number;
  readonly position: Position;
}

/** Where a processor's events come from: `$all`, or the events topic. */
export const SOURCES = ['event-store', 'kafka'] as const;
export type SourceName = (typeof SOURCES)[number];

/** One consumer of the store: a projection, the publisher or a policy. */
export interface Processor {
  readonly name: string;
  readonly kind: 'projection' | 'publisher' | 'policy';
  /** Left out: the event store. */
  readonly source?: SourceName;
  /** What somebody should look at although it runs. */
  readonly notice?: string | undefined;
  /** The segments that it holds, where there may be more than one; undefined while it is not open. */
  readonly segments?: readonly SegmentPosition[] | undefined;

  /**
   * Takes the lease, fences off whoever had it, and reads the checkpoint.
   * May be called again without a `close` in between, when what it may hold has changed.
   * @throws LeaseHeld or Idle while another worker has it, ProcessorStopped when the checkpoint is not of this store's history.
   */
  open(): Promise<Position>;

  /**
   * Takes events in order and stores `through` as the checkpoint, both or neither. There may be no event: then only
   * the checkpoint moves.
   * @throws anything; the engine opens the processor again, which tells what was stored.
   */
  process(events: Recorded[], through: bigint): Promise<void>;

  /** Gives the lease back. */
  close(): Promise<void>;
}

/** Is told what processors do, to count and to trace it. */
export interface ProcessorObserver {
  /** Has `work` take the events, once, and passes on what it throws. */
  batch(processor: Processor, events: Recorded[], work: () => Promise<void>): Promise<void>;
  /** It failed and is tried again, or stopped for good. */
  failed(processor: Processor): void;
}

/** Nobody looks. */
export const unobserved: ProcessorObserver = { batch: (_processor, _events, work) => work(), failed: () => {} };

/** Another worker runs this processor: wait for its lease. */
export class LeaseHeld extends Error {
  constructor(name: string) {
    super(`Another worker holds the lease of ${name}.`);
    this.name = 'LeaseHeld';
  }
}

/**
 * There is nothing to do for this processor at present: what it would fill does not exist (`absent`), or other workers do
 * all of it (`standby`). Its runner waits until it is told to open it again.
 */
export class Idle extends Error {
  constructor(
    name: string,
    readonly state: 'absent' | 'standby',
  ) {
    super(state === 'absent' ? `There is no build for ${name}.` : `Other workers hold the leases of ${name}.`);
    this.name = 'Idle';
  }
}

/** The promise cannot be kept: the processor stops, says why, and is not tried again before it is told to. */
export class ProcessorStopped extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ProcessorStopped';
  }
}

/** Somebody else moved the checkpoint: this worker lost its lease, or the build its place, and did not know it. */
export class Fenced extends Error {
  constructor(name: string) {
    super(`${name} was taken over, by another worker or by another build: nothing was stored.`);
    this.name = 'Fenced';
  }
}
