import type { ClientBase } from 'pg';
import { inTransaction } from '#platform/database/pool.js';
import { findBuild, processorOf } from '../builds/build.js';
import { createBuild, declareReady, dropBuild } from '../builds/create.js';
import type { Projection } from '../projection.js';
import type { FoldBudget, PoisonedKey } from './aggregation.js';
import { Feed, type FeedParts } from './feed.js';
import { HistoryFold } from './history-fold.js';
import { RebuildLock } from './rebuild-lock.js';
import { refusedKeys } from './refused-keys.js';
import { ViewCopy } from './view-copy.js';

/** A rebuild cannot begin, or cannot be ended. What there was is as it was. */
export class NotRebuilt extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotRebuilt';
  }
}

export type RebuildPhase = 'reading' | 'writing' | 'indexing' | 'catching up';

export interface RebuildProgress {
  phase: RebuildPhase;
  events: number;
  /** The share of the history that is read, 0 to 1. */
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
}

/** What is kept in memory before parts of it go into files, and how many parts. */
export const FOLD_BUDGET: FoldBudget = { bytes: 256 * 1024 * 1024, partitions: 32 };
/** So many keys of a view may be parked: beyond it is the projection that is wrong, not an event. */
const MOST_PARKED = 20;
/** A workers' feed takes over what is left when it is no more than this. */
const NEAR = 4_000;

/**
 * Builds the next build of some views from the whole history, beside the live ones, in one read for all of them: folded in
 * memory, copied into bare tables, indexed, brought near the head. Afterwards the workers feed it and it can be promoted.
 * What a killed rebuild left is dropped first.
 * @param projections of each name the version to build.
 * @param tell is told how far it is, often.
 * @throws RebuildRunning, NotRebuilt
 */
export async function rebuild(
  projections: readonly Projection<object>[],
  parts: RebuildParts,
  tell: (progress: RebuildProgress) => void,
  budget = FOLD_BUDGET,
): Promise<Rebuilt> {
  const lock = await RebuildLock.take(
    parts.databaseUrl,
    projections.map(({ name }) => name),
  );
  try {
    await inTransaction(parts.pool, (client) => beginBuilds(client, projections));
    try {
      return await fill(projections, parts, tell, budget);
    } catch (error) {
      await dropAll(projections, parts).catch(() => {});
      throw error;
    }
  } finally {
    await lock.release();
  }
}

async function beginBuilds(client: ClientBase, projections: readonly Projection<object>[]): Promise<void> {
  for (const projection of projections) {
    const { name } = projection;
    const next = await findBuild(client, name, 'next');
    if (next?.state === 'ready') {
      throw new NotRebuilt(`A next build of ${name} (version ${next.version}) is ready: promote it, or drop it first.`);
    }
    await dropBuild(client, name, 'next');
    await createBuild(client, projection, 'next', 'building');
  }
}

async function dropAll(projections: readonly Projection<object>[], { pool }: RebuildParts): Promise<void> {
  await inTransaction(pool, async (client) => {
    for (const { name } of projections) await dropBuild(client, name, 'next');
  });
}

async function fill(
  projections: readonly Projection<object>[],
  parts: RebuildParts,
  tell: (progress: RebuildProgress) => void,
  budget: FoldBudget,
): Promise<Rebuilt> {
  const copies: ViewCopy[] = [];
  let fold: HistoryFold | undefined;
  try {
    for (const projection of projections) copies.push(await ViewCopy.open(parts.databaseUrl, projection));
    const foldings = projections.map((projection, index) => ({ projection, sink: copies[index]! }));
    const head = Number((await parts.store.head()) ?? 0n);
    fold = new HistoryFold(parts.store, foldings, budget);
    const read = await fold.read(({ events, position }) => {
      tell({ phase: 'reading', events, share: head === 0 ? 1 : Math.min(1, Number(position ?? 0n) / head) });
    });
    const { events, position } = read;
    tell({ phase: 'writing', events, share: 1 });
    await fold.write();
    tell({ phase: 'indexing', events, share: 1 });
    await Promise.all(copies.map((copy) => copy.finish()));
    const parked = await parkedKeys(foldings, fold, parts, position);
    await inTransaction(parts.pool, (client) => standAt(client, projections, parts.storeId, position, parked));
    tell({ phase: 'catching up', events, share: 1 });
    const reached = await catchUp(projections, parts, position);
    await inTransaction(parts.pool, async (client) => {
      for (const { name } of projections) await declareReady(client, name, 'next');
    });
    return {
      events,
      position: reached,
      views: projections.map(({ name, version }, index) => {
        return { projection: name, version, rows: copies[index]!.rows, parked: parked[index]!.length };
      }),
    };
  } finally {
    fold?.close();
    for (const copy of copies) await copy.close();
  }
}

/** What could not be folded, and what could not be stored, of each projection. */
async function parkedKeys(
  foldings: readonly { projection: Projection<object>; sink: ViewCopy }[],
  fold: HistoryFold,
  parts: RebuildParts,
  position: bigint | undefined,
): Promise<PoisonedKey[][]> {
  const refused = await refusedKeys(
    foldings.map(({ projection, sink }) => ({ projection, refused: sink.refused })),
    parts.store,
    position,
  );
  return foldings.map(({ projection }, index) => {
    const keys = new Map([...fold.poisoned[index]!, ...refused[index]!]);
    if (keys.size > MOST_PARKED) {
      const [first] = keys.values();
      throw new NotRebuilt(
        `${keys.size} rows of ${projection.name} cannot be made. The first: ${first!.key}, from the event at ` +
          `position ${first!.events[0]!.position}: ${first!.error}`,
      );
    }
    return [...keys.values()];
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
