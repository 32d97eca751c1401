import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBase, PoolClient } from 'pg';
import { inTransaction } from '#platform/database/pool.js';
import { type Build, findBuilds, processorOf } from '../builds/build.js';
import { ensureOfStore } from '../other-history.js';
import { Fenced } from '../processor.js';
import { type Projection, segmentCount } from '../projection.js';
import { compareRows, isSame, type TableDifference } from './comparison.js';
import { Feed, type FeedParts } from './feed.js';

/** How a build differs from the live one, both at one position. */
export interface Comparison {
  projection: string;
  build: Build;
  liveVersion: number;
  version: number;
  /** Of the last segment, in both. */
  position: bigint | undefined;
  tables: TableDifference[];
  same: boolean;
}

/** The two could not be brought to one position. */
export class NotCompared extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotCompared';
  }
}

/** Whoever feeds the build takes it back after a tenth of a second, and longer each time: it is tried so often. */
const ATTEMPTS = 60;
const PAUSE_MS = 100;

/**
 * Compares every row of a build with the live one in one snapshot in which both stand at the same position in every
 * segment. The live view stands still for a moment only: until the build has caught up with it and the snapshot is open.
 * @throws NotCompared, OtherHistory
 */
export async function compare(
  versions: readonly Projection<object>[],
  build: Build,
  parts: FeedParts,
  examples: number,
): Promise<Comparison> {
  const [live, other] = await versionsOf(versions, build, parts);
  await ensureOfStore(parts.pool, parts.store, [live.name, processorOf(live.name, build)]);
  const snapshot = await parts.pool.connect();
  const ended = () => {};
  snapshot.on('error', ended);
  try {
    const position = await openLevel(snapshot, live, other, build, parts);
    const tables = await compareRows(snapshot, live, other, build, examples);
    await snapshot.query('commit');
    return {
      projection: live.name,
      build,
      liveVersion: live.version,
      version: other.version,
      position,
      tables,
      same: tables.every(isSame),
    };
  } finally {
    await snapshot.query('rollback').catch(() => {});
    snapshot.off('error', ended);
    snapshot.release();
  }
}

async function versionsOf(versions: readonly Projection<object>[], build: Build, { pool }: FeedParts) {
  const { name } = versions[0]!;
  const builds = await findBuilds(pool, name);
  return (['live', build] as const).map((wanted) => {
    const row = builds.find((candidate) => candidate.build === wanted);
    if (row === undefined) throw new NotCompared(`There is no ${wanted} build of ${name}.`);
    const version = versions.find((candidate) => candidate.version === row.version);
    if (version === undefined) {
      throw new NotCompared(
        `The ${wanted} build of ${name} is version ${row.version}, which this program does not know.`,
      );
    }
    return version;
  }) as [Projection<object>, Projection<object>];
}

/** Opens the snapshot when both stand level in it. */
async function openLevel(
  snapshot: PoolClient,
  live: Projection<object>,
  other: Projection<object>,
  build: Build,
  parts: FeedParts,
): Promise<bigint | undefined> {
  const versions = [other];
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    try {
      // Its feed can store nothing from here on, until it has opened it again.
      await new Feed(versions, build, parts).open();
      const isLevel = await inTransaction(parts.pool, async (client) => {
        const target = await positionsOf(client, live.name, 'for update');
        const here = await positionsOf(client, processorOf(live.name, build));
        if (!(await bringLevel(versions, build, parts, here, targetsOf(target, segmentCount(other))))) return false;
        await snapshot.query('begin isolation level repeatable read, read only');
        const [a, b] = [
          await positionsOf(snapshot, live.name),
          await positionsOf(snapshot, processorOf(live.name, build)),
        ];
        return targetsOf(a, b.length)?.every((position, segment) => position === b[segment]) ?? false;
      });
      if (isLevel) return lowest(await positionsOf(snapshot, live.name));
    } catch (error) {
      if (!(error instanceof Fenced)) throw error;
    }
    await snapshot.query('rollback');
    await sleep(PAUSE_MS);
  }
  throw new NotCompared(
    `The live build of ${live.name} and its ${build} build cannot be brought to one position: the live one lags behind, ` +
      'or is split otherwise and never stands still. Try again when less is written.',
  );
}

/** Where each segment of the other build has to be; undefined: they are split differently, and the live ones do not stand together. */
function targetsOf(live: Positions, segments: number): Positions | undefined {
  if (live.length === segments) return live;
  return live.every((position) => position === live[0]) ? Array.from({ length: segments }, () => live[0]) : undefined;
}

type Positions = (bigint | undefined)[];

/** @returns false when the other build is ahead in a segment: the live one has to come there first. */
async function bringLevel(
  versions: readonly Projection<object>[],
  build: Build,
  parts: FeedParts,
  here: Positions,
  targets: Positions | undefined,
): Promise<boolean> {
  if (targets === undefined || here.some((position, segment) => (position ?? -1n) > (targets[segment] ?? -1n)))
    return false;
  for (const target of new Set(targets)) {
    const segments = here.flatMap((position, segment) => {
      return targets[segment] === target && position !== target ? [segment] : [];
    });
    if (segments.length === 0) continue;
    const feed = new Feed(versions, build, parts, segments);
    await feed.take(await feed.open(), target);
  }
  return true;
}

async function positionsOf(client: ClientBase, processor: string, lock = ''): Promise<Positions> {
  const { rows } = await client.query<{ position: number | null }>(
    `select position from views.checkpoints where processor = $1 order by segment ${lock}`,
    [processor],
  );
  return rows.map(({ position }) => (position === null ? undefined : BigInt(position)));
}

function lowest(positions: Positions): bigint | undefined {
  return positions.reduce((low, position) => ((position ?? -1n) < (low ?? -1n) ? position : low), positions[0]);
}
