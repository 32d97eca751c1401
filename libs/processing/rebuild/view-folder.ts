import type { Recorded } from '#contracts/envelope.js';
import type { Projection } from '../projection.js';
import type { StoredFrames } from './partition.js';
import { type FoldSize, PartitionFold } from './partition-fold.js';
import { type PoisonedKey, PoisonedKeys } from './poisoned-keys.js';
import { ViewCopy } from './view-copy.js';

/** What came of the events of a view. */
export interface FoldedView {
  /** How many are in the table. */
  rows: number;
  poisoned: PoisonedKey[];
  /** Keys whose rows cannot be stored, and what PostgreSQL says of them. */
  refused: Map<string, string>;
}

/** What is folded at once: partitions of one of the views. */
export interface FoldTask {
  view: number;
  partitions: StoredFrames[];
}

/** Folds partitions of views, and copies their rows into the tables of build `next`. */
export interface Folder {
  /** @throws ForeignEvent, NewerVersion, NotRebuilt, what PostgreSQL says */
  fold(tasks: Iterable<FoldTask>): Promise<void>;
  /** Of each view, when everything is in the tables. */
  finish(): Promise<FoldedView[]>;
  close(): Promise<void>;
}

export interface FolderParts {
  databaseUrl: string;
  size: FoldSize;
  /** Opens what is personal in events. */
  open(events: Recorded[]): Promise<void>;
}

interface OpenView {
  copy: ViewCopy;
  fold: PartitionFold;
  poisoned: PoisonedKeys;
}

/** Folds in this thread, one partition after the other. */
export class ViewFolder implements Folder {
  private readonly views = new Map<number, OpenView>();

  constructor(
    private readonly projections: readonly Projection<object>[],
    private readonly parts: FolderParts,
  ) {}

  async fold(tasks: Iterable<FoldTask>): Promise<void> {
    for (const { view, partitions } of tasks) {
      const { fold } = this.views.get(view) ?? (await this.openView(view));
      await fold.fold(partitions);
    }
  }

  async finish(): Promise<FoldedView[]> {
    const folded: FoldedView[] = [];
    for (const view of this.projections.keys()) {
      const opened = this.views.get(view);
      await opened?.copy.flush();
      folded.push({
        rows: opened?.copy.rows ?? 0,
        poisoned: opened?.poisoned.all() ?? [],
        refused: opened?.copy.refused ?? new Map(),
      });
    }
    return folded;
  }

  async close(): Promise<void> {
    for (const { copy } of this.views.values()) await copy.close();
  }

  private async openView(view: number): Promise<OpenView> {
    const { databaseUrl, size, open } = this.parts;
    const projection = this.projections[view]!;
    const copy = await ViewCopy.open(databaseUrl, projection);
    const poisoned = new PoisonedKeys(projection.name);
    const opened = { copy, poisoned, fold: new PartitionFold(projection, copy, poisoned, size, open) };
    this.views.set(view, opened);
    return opened;
  }
}
