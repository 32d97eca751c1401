import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '#platform/database/pool.js';
import { type CheckpointWatch, Lagging } from '../checkpoint-watch.js';
import { CHECKPOINT_CHANNEL } from '../checkpoints.js';
import type { Projection } from '../projection.js';
import { requestBootstrap } from '../states/bootstraps.js';
import { BUILDS, type Build, findBuilds, type Place, processorOf, tableOfBuild } from './build.js';
import { dropBuild } from './create.js';

/** A build cannot take another's place, and why. Nothing was changed. */
export class NotPromoted extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotPromoted';
  }
}

/** A view, whichever version of it. */
type Named = Pick<Projection<object>, 'name' | 'states'>;

/** What somebody should know of the build that is live now. */
export interface Promoted {
  /** How many keys wait in it, and did not wait in the one that was live: what is asked about them is refused from now on. */
  newlyParked: number;
}

/** How long the tables may be waited for while their readers wait in turn: less than PostgreSQL's look for deadlocks. */
const TABLE_LOCK_MS = 500;
const PAUSE_MS = 100;
const ATTEMPTS = 20;
/** How long the live view may stand still while the other build gets level with it. */
const LEVEL_WITHIN_MS = 10_000;
/** PostgreSQL's code for `lock_timeout`. */
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Puts build `next` in the place of the live one, which becomes `previous`; the previous one until now is dropped. One
 * transaction: whoever reads sees the one or the other. What the state topics tell of it is sent anew for every customer.
 * @param watch tells when the other build has moved.
 * @throws NotPromoted
 */
export function promote(pool: Pool, watch: CheckpointWatch, { name: projection, states }: Named): Promise<Promoted> {
  return attempted(pool, async (client) => {
    const promoted = await swapIn(client, watch, projection, 'next');
    await dropBuild(client, projection, 'previous');
    await lockTables(client, projection, 'live', 'next');
    await rename(client, projection, 'live', 'previous');
    await rename(client, projection, 'next', 'live');
    await requestBootstrap(client, states?.topics ?? []);
    return promoted;
  });
}

/**
 * Puts build `previous` back in the place of the live one, which becomes `previous` in turn, so that a rollback can be
 * taken back. Both have been fed all the time: nothing is lost.
 * @throws NotPromoted
 */
export function rollBack(pool: Pool, watch: CheckpointWatch, { name: projection, states }: Named): Promise<Promoted> {
  return attempted(pool, async (client) => {
    const promoted = await swapIn(client, watch, projection, 'previous');
    await lockTables(client, projection, 'live', 'previous');
    await rename(client, projection, 'live', 'aside');
    await rename(client, projection, 'previous', 'live');
    await rename(client, projection, 'aside', 'previous');
    await requestBootstrap(client, states?.topics ?? []);
    return promoted;
  });
}

/** Tries again while readers hold the tables for longer than others should wait for them. */
async function attempted<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(pool, work);
    } catch (error) {
      if ((error as { code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw error;
      if (attempt === ATTEMPTS) {
        throw new NotPromoted('The tables are in use by long queries or a vacuum: try again when those have ended.');
      }
      await sleep(PAUSE_MS);
    }
  }
}

/** Holds both builds where they are, the other at or past the live one in every segment. */
async function swapIn(client: PoolClient, watch: CheckpointWatch, projection: string, other: Build): Promise<Promoted> {
  await client.query('select from views.builds where projection = $1 order by build for update', [projection]);
  const builds = await findBuilds(client, projection);
  const [live, entering] = (['live', other] as const).map((wanted) => builds.find(({ build }) => build === wanted));
  if (live === undefined) throw new NotPromoted(`There is no view ${projection}.`);
  if (entering === undefined) throw new NotPromoted(`There is no ${other} build of ${projection}.`);
  if (entering.state !== 'ready') throw new NotPromoted(`The ${other} build of ${projection} is still being built.`);
  const name = processorOf(projection, other);
  await ensureOfOneStore(client, projection, name);
  const target = await lockCheckpoints(client, projection);
  const level = async () => (isLevel(await positionsOf(client, name), target) ? true : undefined);
  try {
    await watch.until([name], target[0]!, LEVEL_WITHIN_MS, level);
  } catch (error) {
    if (!(error instanceof Lagging)) throw error;
    throw new NotPromoted(`The ${other} build of ${projection} lags behind the live one: does a worker feed it?`);
  }
  await lockCheckpoints(client, name);
  // The live view stands still from here on: nothing that follows may wait for long.
  await client.query(`set local lock_timeout = ${TABLE_LOCK_MS}`);
  const { rows } = await client.query<{ count: number }>(
    `select count(distinct key) from views.parked
      where processor = $1 and key not in (select key from views.parked where processor = $2)`,
    [name, projection],
  );
  return { newlyParked: rows[0]!.count };
}

/** A build that was made from another event store knows nothing of what the live one has. @throws NotPromoted */
async function ensureOfOneStore(client: PoolClient, live: string, entering: string): Promise<void> {
  const { rows } = await client.query<{ processor: string; store: string }>(
    `select distinct processor, store_id as store from views.checkpoints
      where processor in ($1, $2) and store_id is not null`,
    [live, entering],
  );
  const [one, other] = [...new Set(rows.map(({ store }) => store))];
  if (other === undefined) return;
  throw new NotPromoted(
    `${entering} and the live build of ${live} were made from different event stores, ${one} and ${other}: drop the one ` +
      'that is not of the store that EVENTSTORE_URL names.',
  );
}

/** Locks the checkpoints of a build, in the order in which everybody does; whoever feeds it waits. */
async function lockCheckpoints(client: PoolClient, processor: string): Promise<bigint[]> {
  return positionsOf(client, processor, 'for update');
}

async function positionsOf(client: PoolClient, processor: string, lock = ''): Promise<bigint[]> {
  const { rows } = await client.query<{ position: number | null }>(
    `select position from views.checkpoints where processor = $1 order by segment ${lock}`,
    [processor],
  );
  return rows.map(({ position }) => (position === null ? -1n : BigInt(position)));
}

/** In every segment; of builds that are split differently the last of the one against the first of the other. */
function isLevel(positions: bigint[], target: bigint[]): boolean {
  if (positions.length === target.length) return positions.every((position, segment) => position >= target[segment]!);
  return positions.every((position) => target.every((other) => position >= other));
}

/** At once and for a short time: who reads several of them must not wait for one while this waits for another. */
async function lockTables(client: PoolClient, projection: string, ...builds: Build[]): Promise<void> {
  const rows = (await findBuilds(client, projection)).filter(({ build }) => builds.includes(build));
  const names = rows.flatMap(({ build, tables }) => tables.map((table) => tableOfBuild(`views.${table}`, build)));
  await client.query(`lock table ${names.join(', ')} in access exclusive mode`);
}

/** Moves the tables of a build and everything that is known of it. Its epochs rise: whoever feeds it opens it again. */
async function rename(client: PoolClient, projection: string, from: Place, to: Place): Promise<void> {
  const { rows } = await client.query<{ tables: string[] }>(
    'update views.builds set build = $3 where projection = $1 and build = $2 returning tables',
    [projection, from, to],
  );
  for (const table of rows[0]!.tables) {
    await client.query(`alter table views.${tableOfBuild(table, from)} rename to ${tableOfBuild(table, to)}`);
  }
  const [before, after] = [from, to].map((place) => processorOf(projection, place));
  await client.query(
    "update views.checkpoints set processor = $2, epoch = nextval('views.epochs') where processor = $1",
    [before, after],
  );
  for (const table of ['parked', 'dropped']) {
    await client.query(`update views.${table} set processor = $2 where processor = $1`, [before, after]);
  }
  for (const build of BUILDS) {
    await client.query(`select pg_notify('${CHECKPOINT_CHANNEL}', $1)`, [processorOf(projection, build)]);
  }
}
