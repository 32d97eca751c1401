import { applyWrite, type WriteRequest, type Written } from './append.js';
import { Refused } from './errors.js';
import { Gathering } from './gathering.js';
import type { IndexName } from './head.js';
import type { IndexTail } from './index-tail.js';
import type { Log } from './log.js';
import { WriteBatch } from './write-batch.js';

export interface Waiting {
  request: WriteRequest;
  /** Called when the write is on the disk. */
  resolve(written: Written): void;
  reject(error: unknown): void;
}

/** Bounds what one commit may hold: enough to share a sync among many, little enough to keep latency low. */
const LARGEST_BATCH = 512;
const LARGEST_BATCH_EVENTS = 4096;

/** Writes one batch after another; what arrives while one is on its way to the disk makes up the next. */
export class Writer {
  private waiting: Waiting[] = [];
  private running: Promise<void> | undefined;
  private readonly gathering = new Gathering();
  private closed = false;

  constructor(
    private readonly log: Log,
    private readonly tails: Record<IndexName, IndexTail>,
    private readonly committed: (last: number, streams: Set<string>) => void,
  ) {}

  write(waiting: Waiting): void {
    if (this.closed) {
      waiting.reject(new Refused({ kind: 'shutting-down' }));
      return;
    }
    this.waiting.push(waiting);
    this.running ??= this.run();
    this.gathering.arrived(this.waiting.length);
  }

  /** Finishes what was accepted and refuses everything after. */
  async close(): Promise<void> {
    this.closed = true;
    this.gathering.stop();
    await this.running;
  }

  /** Leaves no index entry in memory only, so that the next start has nothing to catch up with. */
  indexAll(): void {
    const batch = new WriteBatch(this.log, this.tails);
    this.log.root.transactionSync(() => batch.flush({ indexAll: true }));
  }

  private async run(): Promise<void> {
    // Requests that arrive in the same turn of the event loop belong into the same batch.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length) {
      const batch = this.takeBatch();
      await this.commit(batch);
      const expected = this.waiting.length + batch.length;
      if (!this.closed && this.waiting.length < expected) await this.gathering.wait(expected);
    }
    this.running = undefined;
  }

  private takeBatch(): Waiting[] {
    let events = 0;
    let count = 0;
    while (count < this.waiting.length && count < LARGEST_BATCH && events < LARGEST_BATCH_EVENTS)
      events += this.waiting[count++]!.request.events.length;
    return this.waiting.splice(0, count);
  }

  private async commit(batch: Waiting[]): Promise<void> {
    let answers: (() => void)[] = [];
    let written: WriteBatch | undefined;
    let last = 0;
    try {
      // A child transaction is taken back whole when something throws in it.
      await this.log.root.childTransaction(() => {
        written = new WriteBatch(this.log, this.tails);
        answers = batch.map((waiting) => this.answer(written!, waiting));
        last = written.flush();
      });
      await this.log.root.flushed;
    } catch (error) {
      // Only the write that meets the damaged record may fail, not those that happened to share its batch.
      if (batch.length === 1) batch[0]!.reject(error);
      else for (const waiting of batch) await this.commit([waiting]);
      return;
    }
    // Readers in this turn must not see the snapshot from before the commit.
    this.log.root.resetReadTxn();
    written?.settle();
    if (written?.streams.size) this.committed(last, written.streams);
    for (const answer of answers) answer();
  }

  private answer(batch: WriteBatch, waiting: Waiting): () => void {
    try {
      const written = applyWrite(batch, waiting.request);
      return () => waiting.resolve(written);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return () => waiting.reject(error);
    }
  }
}
