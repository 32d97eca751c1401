import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import type { ClientBase } from 'pg';
import { inTransaction } from '#platform/database/pool.js';
import { processorOf } from '../builds/build.js';
import { declareReady } from '../builds/create.js';
import { ensureOfStore } from '../other-history.js';
import type { Projection } from '../projection.js';
import { DividedHistory } from './divided-history.js';
import { Feed, type FeedParts } from './feed.js';
import { FoldThreads } from './fold-threads.js';
import { beginBuilds, dropBuilds, endWorkOn } from './next-builds.js';
import { MOST_PARKED, tooManyParked } from './not-rebuilt.js';
import { bytesOf, type StoredFrames } from './partition.js';
import type { FoldSize } from './partition-fold.js';
import { earliest, type PoisonedKey } from './poisoned-keys.js';
import { RebuildLock } from './rebuild-lock.js';
import { refusedKeys } from './refused-keys.js';
import { type FoldedView, type Folder, type FoldTask, ViewFolder } from './view-folder.js';
import { indexView } from './view-indexes.js';

export type RebuildPhase = 'reading' | 'folding' | 'indexing' | 'catching up';

export interface RebuildProgress {
  phase: RebuildPhase;
  events: number;
  /** Of reading and folding, 0 to 1. */
  share: number;
}

export interface Rebuilt {
  /** As many as were read of the history. */
  events: number;
  /** Where the builds stand. */
  position: bigint | undefined;
  views: { projection: string; version: number; rows: number; parked: number }[];
}

export interface RebuildParts extends FeedParts {
  databaseUrl: string;
  /** Starts a thread that answers folds of these views. Left out: everything is folded in this one. */
  startThread?(views: readonly Projection<object>[]): Worker;
  /** Ends it: what it has made is dropped, and the reason thrown. */
  signal?: AbortSignal | undefined;
}

/** 16 MiB of each view stay in memory; ten million events come to partitions of 9 MiB, whose rows take a few times as much. */
export const FOLD_SIZE: FoldSize = { alone: 50_000, partitions: 1_024, memory: 16 * 1024, largest: 64 * 1024 * 1024 };
/** The share of reading in both. */
const READING = 0.4;
const TASK_BYTES = 4 * 1024 * 1024;
/** PostgreSQL needs processors too, and each thread has a heap. */
const MOST_THREADS = 4;
/** A workers' feed takes over what is left when it is no more than this. */
const NEAR = 4_000;

/**
 * Builds the next build of some views from the whole history, beside the live ones, in one read for all of them: divided by
 * key, folded part by part, copied into bare tables, indexed, brought near the head. Afterwards the workers feed it and it can be promoted.
 * What a killed rebuild left is dropped first; one that fails, or is told to end, drops what it has made.
 * @param projections of each name the version to build.
 * @param tell is told how far it is, often.
 * @throws RebuildRunning, NotRebuilt, OtherHistory
 */
export async function rebuild(
  projections: readonly Projection<object>[],
  parts: RebuildParts,
  tell: (progress: RebuildProgress) => void,
  size = FOLD_SIZE,
): Promise<Rebuilt> {
  const lock = await RebuildLock.take(
    parts.databaseUrl,
    projections.map(({ name }) => name),
  );
  try {
    // What is made from another history than the live view would take its place without anything that it knows.
    await ensureOfStore(
      parts.pool,
      parts.store,
      projections.map(({ name }) => name),
    );
    await inTransaction(parts.pool, (client) => beginBuilds(client, projections));
    let ended: Promise<void> | undefined;
    const endStatements = () => {
      ended = endWorkOn(projections, parts.pool).catch(() => {});
    };
    parts.signal?.addEventListener('abort', endStatements);
    try {
      const told = (progress: RebuildProgress) => {
        parts.signal?.throwIfAborted();
        lock.ensureHeld();
        tell(progress);
      };
      return await fill(projections, parts, told, size);
    } catch (error) {
      // Or an end that is asked for now, or was, would end the dropping too.
      parts.signal?.removeEventListener('abort', endStatements);
      await ended;
      // Without the lock they may be somebody else's by now.
      if (lock.isHeld) await dropBuilds(projections, parts.pool).catch(() => {});
      parts.signal?.throwIfAborted();
      throw error;
    } finally {
      parts.signal?.removeEventListener('abort', endStatements);
    }
  } finally {
    await lock.release();
  }
}

async function fill(
  projections: readonly Projection<object>[],
  parts: RebuildParts,
  tell: (progress: RebuildProgress) => void,
  size: FoldSize,
): Promise<Rebuilt> {
  const history = new DividedHistory(projections, size);
  let threads: FoldThreads | undefined;
  let folder: Folder | undefined;
  try {
    const head = Number((await parts.store.head()) ?? 0n);
    const { events, position } = await history.read(parts.store, (read) => {
      if (read.events > size.alone) threads ??= threadsFor(projections, parts);
      const share = head === 0 ? 1 : Math.min(1, Number(read.position ?? 0n) / head);
      tell({ phase: 'reading', events: read.events, share: READING * share });
    });
    folder = threads ?? new ViewFolder(projections, { ...parts, size, open: (some) => parts.store.open(some) });
    await folder.fold(
      tasksOf(history, (share) => tell({ phase: 'folding', events, share: READING + (1 - READING) * share })),
    );
    const folded = await folder.finish();
    // Before the indexes: to let go of a large file takes a while.
    history.close();
    tell({ phase: 'indexing', events, share: 1 });
    await Promise.all(
      projections.map((view, index) => indexView(parts.databaseUrl, view, [...folded[index]!.refused.keys()])),
    );
    const parked = await parkedKeys(projections, history, folded, parts, position);
    await inTransaction(parts.pool, (client) => standAt(client, projections, parts.storeId, position, parked));
    tell({ phase: 'catching up', events, share: 1 });
    const reached = await catchUp(projections, parts, position);
    tell({ phase: 'catching up', events, share: 1 });
    await inTransaction(parts.pool, async (client) => {
      for (const { name } of projections) await declareReady(client, name, 'next');
    });
    return {
      events,
      position: reached,
      views: projections.map(({ name, version }, index) => {
        return { projection: name, version, rows: folded[index]!.rows, parked: parked[index]!.length };
      }),
    };
  } finally {
    await (folder ?? threads)?.close();
    history.close();
  }
}

function threadsFor(
  projections: readonly Projection<object>[],
  { startThread }: RebuildParts,
): FoldThreads | undefined {
  const count = Math.min(availableParallelism(), MOST_THREADS);
  return startThread && new FoldThreads(Array.from({ length: count }, () => startThread(projections)));
}

/** What is to be folded of all views. @param tell is told which share of it is taken. */
function* tasksOf(history: DividedHistory, tell: (share: number) => void): Generator<FoldTask> {
  const tasks = history.partitions().flatMap((partitions, view) => {
    return gathered(partitions).map((some): FoldTask => ({ view, partitions: some }));
  });
  for (const [index, task] of tasks.entries()) {
    tell(index / tasks.length);
    yield task;
  }
}

/** Each task asks for keys of personal data and copies rows: small partitions go together. */
function gathered(partitions: readonly StoredFrames[]): StoredFrames[][] {
  const tasks: StoredFrames[][] = [];
  for (const partition of partitions) {
    const last = tasks.at(-1);
    if (last && bytesOf(last) + partition.bytes <= TASK_BYTES) last.push(partition);
    else tasks.push([partition]);
  }
  return tasks;
}

/** What could not be folded, and what could not be stored, of each projection. */
async function parkedKeys(
  projections: readonly Projection<object>[],
  history: DividedHistory,
  folded: readonly FoldedView[],
  { store }: RebuildParts,
  position: bigint | undefined,
): Promise<PoisonedKey[][]> {
  const views = projections.map((projection, index) => {
    const unkeyed = new Set(history.poisoned[index]!.flatMap(({ events }) => events.map(({ position }) => position)));
    return { projection, refused: folded[index]!.refused, unkeyed };
  });
  const refused = await refusedKeys(views, store, position);
  return projections.map(({ name }, index) => {
    // What was refused last tells of all events of its key, also of those that broke the fold.
    const byKey = new Map(
      [...history.poisoned[index]!, ...folded[index]!.poisoned].map((poisoned) => [poisoned.key, poisoned]),
    );
    const keys = [...new Map([...byKey, ...refused[index]!]).values()];
    if (keys.length > MOST_PARKED) throw tooManyParked(name, earliest(keys));
    return keys;
  });
}

/** Everything up to this position is in the builds, or parked. */
async function standAt(
  client: ClientBase,
  projections: readonly Projection<object>[],
  storeId: string,
  position: bigint | undefined,
  parked: readonly PoisonedKey[][],
): Promise<void> {
  for (const [index, { name }] of projections.entries()) {
    const processor = processorOf(name, 'next');
    await client.query('update views.checkpoints set position = $2, store_id = $3 where processor = $1', [
      processor,
      position?.toString() ?? null,
      storeId,
    ]);
    for (const { key, customerId, events, error } of parked[index]!) {
      await client.query(
        `insert into views.parked (processor, key, customer_id, position, event_id, error)
         select $1, $2, $3, e.position, e.event_id, case when e.n = 1 then $6 end
           from unnest($4::bigint[], $5::uuid[]) with ordinality as e (position, event_id, n)`,
        [
          processor,
          key,
          customerId ?? null,
          events.map((event) => event.position),
          events.map((event) => event.eventId),
          error,
        ],
      );
    }
  }
}

/** Takes in what was recorded in the meantime, until little is left. */
async function catchUp(
  projections: readonly Projection<object>[],
  parts: RebuildParts,
  from: bigint | undefined,
): Promise<bigint | undefined> {
  let reached = from;
  for (const projection of projections) {
    const feed = new Feed([projection], 'next', parts);
    await feed.open();
    for (let taken = { events: NEAR, position: from }; taken.events >= NEAR; ) {
      taken = await feed.take(taken.position);
      reached = taken.position;
    }
  }
  return reached;
}
