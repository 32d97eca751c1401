import type { Pool, PoolClient } from 'pg';
import type { Inbox } from './handlers.js';

/**
 * The ids of handled events, in the subscriber's own PostgreSQL database: each is recorded in the transaction in which
 * its event is handled, so both happen or neither.
 */
export class PostgresInbox implements Inbox<PoolClient> {
  /** @param subscriber whose inbox it is: the consumer group's id. Several share the table `rapport_inbox`. */
  constructor(
    private readonly pool: Pool,
    private readonly subscriber: string,
  ) {}

  /** Makes the table where it is missing. */
  async prepare(): Promise<void> {
    await this.inTransaction(async (client) => {
      // Two that start at once would both find no table.
      await client.query("select pg_advisory_xact_lock(hashtext('rapport_inbox'))");
      await client.query(`
        create table if not exists rapport_inbox (
          subscriber text not null,
          event_id uuid not null,
          handled_at timestamptz not null default now(),
          primary key (subscriber, event_id)
        )`);
    });
  }

  once(eventId: string, handle: (client: PoolClient) => Promise<void>): Promise<boolean> {
    return this.inTransaction(async (client) => {
      // Another transaction that has the same event in hand is waited for here.
      const { rowCount } = await client.query(
        'insert into rapport_inbox (subscriber, event_id) values ($1, $2) on conflict do nothing',
        [this.subscriber, eventId],
      );
      if (rowCount === 0) return false;
      await handle(client);
      return true;
    });
  }

  /**
   * Forgets what was handled before a day, to keep the table small. An event that comes again after that is handled
   * again: keep more days than a repetition can be late.
   */
  async forgetBefore(time: Date): Promise<void> {
    await this.pool.query('delete from rapport_inbox where subscriber = $1 and handled_at < $2', [
      this.subscriber,
      time,
    ]);
  }

  /** Forgets everything, before a replay. In a transaction of the caller's where a client is given. */
  async forgetAll(client: Pick<PoolClient, 'query'> = this.pool): Promise<void> {
    await client.query('delete from rapport_inbox where subscriber = $1', [this.subscriber]);
  }

  private async inTransaction<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.pool.connect();
    // A connection that breaks while nobody asks anything of it must not end the process.
    client.on('error', ignore);
    let broken = false;
    try {
      await client.query('begin');
      const result = await work(client);
      const { command } = await client.query('commit');
      // After a statement that failed and was caught, PostgreSQL answers a commit with a rollback, and no error.
      if (command !== 'COMMIT') throw new Error('The transaction was rolled back: a statement in it had failed.');
      return result;
    } catch (error) {
      await client.query('rollback').catch(() => {
        broken = true;
      });
      throw error;
    } finally {
      client.off('error', ignore);
      client.release(broken);
    }
  }
}

function ignore(): void {}
