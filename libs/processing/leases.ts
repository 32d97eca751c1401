import type pg from 'pg';
import { createClient } from '#platform/database/pool.js';
import { LeaseHeld } from './processor.js';

/**
 * Leases as advisory locks of one connection: when the worker dies its connection ends, and PostgreSQL gives the
 * locks to the next who asks. A worker that is cut off and does not know it is stopped by the epoch in the
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
    const { rows } = await this.inTurn(async () => {
      const client = await this.connected();
      return client.query<{ taken: boolean }>(
        "select pg_try_advisory_lock(hashtext('rapport.lease'), hashtext($1)) as taken",
        [name],
      );
    });
    if (!rows[0]?.taken) throw new LeaseHeld(name);
    this.held.add(name);
  }

  /** Whether it is still held, as far as this worker knows: the locks end with the connection. */
  holds(name: string): boolean {
    return this.held.has(name);
  }

  async giveBack(name: string): Promise<void> {
    this.held.delete(name);
    await this.inTurn(async () => {
      const client = await this.client?.catch(() => undefined);
      await client?.query("select pg_advisory_unlock(hashtext('rapport.lease'), hashtext($1))", [name]);
    }).catch(() => {});
  }

  async close(): Promise<void> {
    const client = await this.client?.catch(() => undefined);
    this.client = undefined;
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
    const forget = () => {
      // A broken connection tells of its end after its error: by then another one may be in use.
      if (this.client !== connected) return;
      this.client = undefined;
      this.held.clear();
    };
    client.on('error', forget).on('end', forget);
    const connected: Promise<pg.Client> = client.connect().then(
      () => client,
      (error: unknown) => {
        forget();
        throw error;
      },
    );
    this.client = connected;
    return connected;
  }
}
