import { hostname, userInfo } from 'node:os';
import type pg from 'pg';
import { createClient } from '#platform/database/pool.js';
import { NotRebuilt } from './not-rebuilt.js';

/** A view is being rebuilt already. */
export class RebuildRunning extends Error {
  constructor(projection: string, who: string) {
    super(`${projection} is being rebuilt already, by ${who}.`);
    this.name = 'RebuildRunning';
  }
}

const LOCK = "hashtext('rapport.rebuild'), hashtext($1)";

/** Keeps a second rebuild of the same view away. It ends with the process, however that ends. */
export class RebuildLock {
  /** Not any more when its connection is lost: others may rebuild the view then. */
  isHeld = true;

  private constructor(private readonly client: pg.Client) {
    client.once('end', () => {
      this.isHeld = false;
    });
  }

  /** @throws RebuildRunning naming who has it. */
  static async take(databaseUrl: string, projections: readonly string[]): Promise<RebuildLock> {
    const client = createClient(databaseUrl);
    client.on('error', () => {});
    await client.connect();
    try {
      await client.query("select set_config('application_name', $1, false)", [
        `rapport rebuild, ${userInfo().username} on ${hostname()}, process ${process.pid}`.slice(0, 63),
      ]);
      for (const projection of projections) {
        const { rows } = await client.query<{ taken: boolean }>(`select pg_try_advisory_lock(${LOCK}) as taken`, [
          projection,
        ]);
        if (!rows[0]!.taken)
          throw new RebuildRunning(projection, (await holderOf(client, projection)) ?? 'nobody any more');
      }
      return new RebuildLock(client);
    } catch (error) {
      await client.end();
      throw error;
    }
  }

  /** @throws NotRebuilt */
  ensureHeld(): void {
    if (this.isHeld) return;
    throw new NotRebuilt('The connection that kept other rebuilds of the view away is lost. Try again.');
  }

  async release(): Promise<void> {
    await this.client.end().catch(() => {});
  }
}

/** Lets nobody rebuild a view until the transaction ends. @returns false: somebody does so already. */
export async function keepRebuildsAway(client: pg.ClientBase, projection: string): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(`select pg_try_advisory_xact_lock(${LOCK}) as taken`, [
    projection,
  ]);
  return rows[0]!.taken;
}

/** In SQL: whether somebody rebuilds a view at present. @param projection its name, in SQL */
export function isRebuilt(projection: string): string {
  return `exists (select from pg_locks as l where ${lockOn(projection)})`;
}

function lockOn(projection: string): string {
  return `l.locktype = 'advisory' and l.granted and l.classid = hashtext('rapport.rebuild')::oid
      and l.objid = hashtext(${projection})::oid and l.objsubid = 2
      and l.database = (select oid from pg_database where datname = current_database())`;
}

/** Who rebuilds a view at present; undefined: nobody. */
export async function holderOf(client: pg.ClientBase | pg.Pool, projection: string): Promise<string | undefined> {
  const { rows } = await client.query<{ who: string; since: string }>(
    `select a.application_name as who, to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS') as since
       from pg_locks as l join pg_stat_activity as a using (pid)
      where ${lockOn('$1')}`,
    [projection],
  );
  return rows[0] && `${rows[0].who}, since ${rows[0].since} UTC`;
}
