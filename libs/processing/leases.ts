import type pg from 'pg';
import { createClient } from '#platform/database/pool.js';
import { LeaseHeld } from './processor.js';

/** The lease of a name, among the advisory locks. */
const LOCK = "hashtext('rapport.lease'), hashtext(name)";

/** A worker that has said nothing for so long hangs: PostgreSQL ends the connection that its leases are of. */
const SILENT_MS = 6_000;
const SPOKEN_MS = 2_000;

/**
 * Leases as advisory locks of one connection: when the worker dies, or hangs, its connection ends, and PostgreSQL gives
 * the locks to the next who asks. A worker that is cut off and does not know it is stopped by the epoch in the
 * checkpoint, which every taker raises.
 */
export class Leases {
  private client: Promise<pg.Client> | undefined;
  /** One query after the other: a connection answers them one at a time. */
  private turn: Promise<unknown> = Promise.resolve();
  private readonly held = new Set<string>();

  constructor(private readonly url: string) {}

  /** @throws LeaseHeld */
  async take(name: string): Promise<void> {
    if (!this.holds(name) && (await this.takeSome([name], 1)).length === 0) throw new LeaseHeld(name);
  }

  /** Takes those that are free and not held yet, the first ones first and no more than so many, and answers them. */
  async takeSome(names: readonly string[], atMost: number): Promise<string[]> {
    return this.inTurn(async () => {
      const connection = this.connected();
      const client = await connection;
      const { rows } = await client.query<{ name: string }>(
        // Row by row until there are enough: a lock that nobody counts would be held for ever.
        `select name from unnest($1::text[]) as name where pg_try_advisory_lock(${LOCK}) limit $2`,
        [names.filter((name) => !this.held.has(name)), atMost],
      );
      if (this.client !== connection) throw new Error('The connection that holds the leases was lost.');
      const taken = rows.map(({ name }) => name);
      for (const name of taken) this.held.add(name);
      return taken;
    });
  }

  /** Whether it is still held, as far as this worker knows: the locks end with the connection. */
  holds(name: string): boolean {
    return this.held.has(name);
  }

  async giveBack(...names: string[]): Promise<void> {
    const held = names.filter((name) => this.held.delete(name));
    if (held.length === 0) return;
    await this.inTurn(async () => {
      const client = await this.client?.catch(() => undefined);
      await client?.query(`select pg_advisory_unlock(${LOCK}) from unnest($1::text[]) as name`, [held]);
    }).catch(() => {});
  }

  async close(): Promise<void> {
    const client = await this.client?.catch(() => undefined);
    this.client = undefined;
    this.held.clear();
    await client?.end().catch(() => {});
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.turn.then(work, work);
    this.turn = done.catch(() => {});
    return done;
  }

  private connected(): Promise<pg.Client> {
    if (this.client) return this.client;
    const client = createClient(this.url);
    let speaking: NodeJS.Timeout | undefined;
    const forget = () => {
      clearInterval(speaking);
      // A broken connection tells of its end after its error: by then another one may be in use.
      if (this.client !== connected) return;
      this.client = undefined;
      this.held.clear();
    };
    client.on('error', forget).on('end', forget);
    const connect = async () => {
      try {
        await client.connect();
        await client.query(`set idle_session_timeout = ${SILENT_MS}`);
      } catch (error) {
        forget();
        throw error;
      }
      const speak = () => void this.inTurn(() => client.query('')).catch(() => {});
      speaking = setInterval(speak, SPOKEN_MS).unref();
      return client;
    };
    const connected: Promise<pg.Client> = connect();
    this.client = connected;
    return connected;
  }
}
