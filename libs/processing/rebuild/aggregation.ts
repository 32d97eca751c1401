import type { Recorded } from '#contracts/envelope.js';
import { HistoryBatch } from '#event-store/history-batch.js';
import type { Projection, RecordedEvent } from '../projection.js';
import { RowTable } from '../row-table.js';
import { SpillFile } from './spill-file.js';

/** How much memory the rows of one fold may take, and into how many parts they are divided when that is not enough. */
export interface FoldBudget {
  bytes: number;
  partitions: number;
}

/** An event that a row could not be folded over: the row stands as it was before, and later events of it queue. */
export interface PoisonedKey {
  key: string;
  customerId: string | undefined;
  /** The poisoned event first. */
  events: { position: bigint; eventId: string }[];
  error: string;
}

/** So many rows are handed on at once. */
const EMITTED = 2_000;
/** Every so often a row is measured. */
const MEASURED_EVERY = 256;
/** What a row takes in memory for each character of its JSON, all in all. */
const BYTES_A_CHARACTER = 4;
/** Keys that still fall together after so many divisions have one hash: memory has to do. */
const DEEPEST = 6;

/** A part of the keys: their rows in memory, or in a file with the events that are still to be folded into them. */
interface Partition<Row> {
  rows: Map<string, Row>;
  file: SpillFile | undefined;
}

/**
 * Folds events into rows by key: in memory as long as the rows fit there. When they do not, the largest part of them goes
 * into a file, and the events of that part after it; at the end such a part is folded by itself, in the same way (hybrid
 * hash aggregation). So memory stays flat, and each event is written at most once for each such division.
 */
export class Aggregation<Row extends object> {
  private readonly partitions: Partition<Row>[];
  private readonly keyProperty: keyof Row;
  private held = 0;
  private measured = 0;
  private average = 0;

  constructor(
    private readonly projection: Projection<Row>,
    private readonly budget: FoldBudget,
    /** Opens the personal data of events that were read from a file. */
    private readonly open: (events: Recorded[]) => Promise<void>,
    /** Keys with an event that no row could be folded over. */
    readonly poisoned = new Map<string, PoisonedKey>(),
    private readonly depth = 0,
  ) {
    this.partitions = Array.from({ length: budget.partitions }, () => ({
      rows: new Map<string, Row>(),
      file: undefined,
    }));
    this.keyProperty = new RowTable(projection.table).keyProperty;
  }

  /**
   * The events of a batch that are folded at once, to be opened before. Those of keys that are put aside at present are
   * not even decoded.
   * @param keys of each event; undefined: it is none of this view's.
   */
  neededOf(batch: HistoryBatch, keys: readonly (string | undefined)[]): Recorded[] {
    const needed: Recorded[] = [];
    batch.unread.forEach((event, index) => {
      const key = keys[index];
      if (key !== undefined && !this.partitionOf(key).file) needed.push(event.decoded());
    });
    return needed;
  }

  /** Takes in a batch of which what is needed is open. */
  fold(batch: HistoryBatch, keys: readonly (string | undefined)[]): void {
    batch.unread.forEach((event, index) => {
      const key = keys[index];
      if (key === undefined) return;
      const poisoned = this.poisoned.get(key);
      const partition = this.partitionOf(key);
      if (poisoned) poisoned.events.push({ position: event.position, eventId: event.eventId });
      else if (partition.file) partition.file.addFrame(batch.frame(index));
      else this.foldInto(partition.rows, key, event.decoded() as RecordedEvent);
    });
  }

  /** Parks a key from this event on. */
  poison(key: string, event: RecordedEvent, error: unknown): void {
    this.poisoned.set(key, poisonedBy(key, event, error));
  }

  /** All rows, each once, in no order. Afterwards nothing is held any more. */
  async *rows(): AsyncGenerator<Row[]> {
    let page: Row[] = [];
    for (const { rows } of this.partitions) {
      for (const row of rows.values()) {
        page.push(row);
        if (page.length < EMITTED) continue;
        yield page;
        page = [];
      }
      this.held -= rows.size;
      rows.clear();
    }
    if (page.length > 0) yield page;
    for (const { file } of this.partitions) {
      if (file) yield* this.rowsOf(file);
    }
  }

  close(): void {
    for (const partition of this.partitions) {
      partition.file?.close();
      partition.file = undefined;
    }
  }

  private async *rowsOf(file: SpillFile): AsyncGenerator<Row[]> {
    const part = new Aggregation(this.projection, this.budget, this.open, this.poisoned, this.depth + 1);
    try {
      for (const { rows, frames } of file.read()) {
        for (const row of rows as Row[]) part.put(String(row[this.keyProperty]), row);
        await part.foldFrames(frames);
      }
      yield* part.rows();
    } finally {
      part.close();
    }
  }

  private put(key: string, row: Row): void {
    const partition = this.partitionOf(key);
    if (partition.file) partition.file.addRow(row);
    else this.keep(partition.rows, key, row);
  }

  private async foldFrames(frames: Buffer): Promise<void> {
    const batch = new HistoryBatch(frames);
    const keys = batch.unread.map((event) => this.projection.key(event as Recorded as RecordedEvent)!);
    await this.open(this.neededOf(batch, keys));
    this.fold(batch, keys);
  }

  private foldInto(rows: Map<string, Row>, key: string, event: RecordedEvent): void {
    const before = rows.get(key);
    try {
      const after = this.projection.evolve(before, event);
      if (after === before) return;
      if (after) this.keep(rows, key, after);
      else if (rows.delete(key)) this.held -= 1;
    } catch (error) {
      this.poison(key, event, error);
    }
  }

  private keep(rows: Map<string, Row>, key: string, row: Row): void {
    const known = rows.size;
    rows.set(key, row);
    this.held += rows.size - known;
    if (this.measured++ % MEASURED_EVERY === 0) {
      const bytes = JSON.stringify(row).length * BYTES_A_CHARACTER;
      this.average = this.average === 0 ? bytes : this.average + (bytes - this.average) / 16;
    }
    if (this.held * this.average > this.budget.bytes && this.depth < DEEPEST) this.spillLargest();
  }

  private spillLargest(): void {
    const largest = this.partitions.reduce((most, partition) =>
      partition.rows.size > most.rows.size ? partition : most,
    );
    const file = new SpillFile();
    for (const row of largest.rows.values()) file.addRow(row);
    this.held -= largest.rows.size;
    largest.rows = new Map();
    largest.file = file;
  }

  private partitionOf(key: string): Partition<Row> {
    return this.partitions[hashOf(key, this.depth) % this.partitions.length]!;
  }
}

/** What is parked of a key when an event breaks its fold. */
export function poisonedBy(key: string, { position, eventId, metadata }: RecordedEvent, error: unknown): PoisonedKey {
  const { customerId } = metadata;
  return {
    key,
    customerId,
    events: [{ position, eventId }],
    error: error instanceof Error ? error.message : String(error),
  };
}

/** FNV-1a with a seed, mixed once more: another one at each depth. */
function hashOf(key: string, seed: number): number {
  let hash = Math.imul(2_166_136_261 ^ seed, 0x9e3779b1);
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 16_777_619);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
