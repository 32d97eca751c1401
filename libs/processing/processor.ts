import type { Recorded } from '#contracts/envelope.js';

/** Where a processor goes on: after which position, or from the beginning. */
export type Position = bigint | undefined;

/** One consumer of the store: a projection, the publisher or a policy. */
export interface Processor {
  readonly name: string;
  readonly kind: 'projection' | 'publisher' | 'policy';

  /**
   * Takes the lease, fences off whoever had it, and reads the checkpoint.
   * @throws LeaseHeld while another worker has it, ProcessorStopped when the checkpoint is not of this store's history.
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

/** The promise cannot be kept: the processor stops, says why, and is not tried again. */
export class ProcessorStopped extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ProcessorStopped';
  }
}

/** Somebody else moved the checkpoint: this worker lost its lease and did not know it. */
export class Fenced extends Error {
  constructor(name: string) {
    super(`${name} was taken over by another worker: nothing was stored.`);
    this.name = 'Fenced';
  }
}
