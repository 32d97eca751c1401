import { Worker } from 'node:worker_threads';
import type { Projection } from '#processing/projection.js';

/** What a thread is given of the settings. */
export interface FoldThreadData {
  /** Which of the projections, as `NAME@VERSION`. */
  views: string[];
  databaseUrl: string;
  masterKey: Uint8Array;
}

/** Of the heap of a thread: the rows of a partition and what is made on the way to them. */
const YOUNG_MIB = 32;
const PROGRAM = new URL('./fold-thread.js', import.meta.url);

/** Starts a thread that folds partitions of these views. */
export function startFoldThread(
  views: readonly Projection<object>[],
  settings: Pick<FoldThreadData, 'databaseUrl' | 'masterKey'>,
): Worker {
  const workerData: FoldThreadData = { ...settings, views: views.map(({ name, version }) => `${name}@${version}`) };
  return new Worker(PROGRAM, { workerData, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB } });
}
