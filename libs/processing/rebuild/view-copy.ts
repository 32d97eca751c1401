import type pg from 'pg';
import { tableOf } from '#platform/database/entity.js';
import { createClient } from '#platform/database/pool.js';
import { tablesOf } from '../builds/create.js';
import type { Projection } from '../projection.js';
import { MOST_PARKED, tooManyParked } from './not-rebuilt.js';
import type { RowSink } from './partition-fold.js';
import { RowCopy } from './row-copy.js';

/** Fills the tables of build `next` of one projection, each over a connection of its own. */
export class ViewCopy implements RowSink {
  /** Keys whose rows cannot be stored, and what PostgreSQL says of them. */
  readonly refused = new Map<string, string>();
  private readonly clients: pg.Client[];
  private readonly rowsInto: RowCopy<object>;
  private readonly listedInto: RowCopy<object> | undefined;

  private constructor(
    private readonly projection: Projection<object>,
    clients: pg.Client[],
  ) {
    this.clients = clients;
    const copies = tablesOf(projection, 'next').map(({ entity, name }, index) => {
      const { key } = tableOf(entity);
      const refuse = (row: object, error: Error) => this.refuse(row[key.property as keyof object], error);
      return new RowCopy(clients[index]!, entity, name, refuse);
    });
    this.rowsInto = copies[0]!;
    this.listedInto = copies[1];
  }

  static async open(databaseUrl: string, projection: Projection<object>): Promise<ViewCopy> {
    const clients = tablesOf(projection, 'next').map(() => createClient(databaseUrl));
    try {
      for (const client of clients) {
        // A connection that breaks is told by the query that waits for it.
        client.on('error', () => {});
        await client.connect();
        // Nothing of it counts before the build is declared ready, and that waits for the disk.
        await client.query('set synchronous_commit = off');
      }
    } catch (error) {
      await Promise.all(clients.map((client) => client.end().catch(() => {})));
      throw error;
    }
    return new ViewCopy(projection, clients);
  }

  get rows(): number {
    return this.rowsInto.rows;
  }

  async write(rows: object[]): Promise<void> {
    await this.rowsInto.write(rows);
    const { listing } = this.projection;
    if (!listing || !this.listedInto) return;
    const { key } = tableOf(this.projection.table);
    const listed: object[] = [];
    for (const row of rows) {
      try {
        const of = listing.rowOf(row);
        if (of) listed.push(of);
      } catch (error) {
        this.refuse(row[key.property as keyof object], error as Error);
      }
    }
    await this.listedInto.write(listed);
  }

  /** Until everything is in the tables. */
  async flush(): Promise<void> {
    await this.rowsInto.flush();
    await this.listedInto?.flush();
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.end().catch(() => {})));
  }

  /** @throws NotRebuilt where it is not one of a few */
  private refuse(key: unknown, error: Error): void {
    this.refused.set(String(key), error.message);
    if (this.refused.size <= MOST_PARKED) return;
    const [first] = [...this.refused].map(([key, error]) => ({ key, error }));
    throw tooManyParked(this.projection.name, first!);
  }
}
