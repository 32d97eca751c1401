import type { Pool } from 'pg';
import { compareInstants } from '#domain/calendar.js';
import type { DueDeadline } from '#domain/deadline.js';
import { livePosition } from '#processing/builds/live-version.js';
import type { Position } from '#processing/processor.js';
import { RowTable } from '#processing/row-table.js';
import type { DeadlineSource, Look } from '#processing/timers.js';
import { deadline } from './deadline.projection.js';
import { DeadlinesOfOwner } from './deadline.table.js';

const PAGE = 500;
const table = new RowTable(DeadlinesOfOwner);

/** What is due, read off the view: the worker's timers live on it. */
export class DeadlineQuery implements DeadlineSource<DueDeadline> {
  readonly view = deadline.name;

  constructor(private readonly pool: Pool) {}

  async position(): Promise<Position> {
    return livePosition(this.pool, deadline);
  }

  async *due(by: string, seen: Look | undefined): AsyncGenerator<DueDeadline[][]> {
    let after: DeadlinesOfOwner | undefined;
    do {
      const rows: DeadlinesOfOwner[] = await this.page(by, seen, after);
      if (rows.length > 0) yield rows.map((row) => dueOf(row, by));
      after = rows.length < PAGE ? undefined : rows.at(-1);
    } while (after !== undefined);
  }

  async next(by: string): Promise<string | undefined> {
    const { rows } = await this.pool.query<{ next: string | null }>(
      // Rounded up: instants are told in milliseconds, and this one must not be told as one that has passed.
      // Behind one that has passed without effect another one may wait.
      `select date_trunc('milliseconds', min(due_at) + interval '999 microseconds') as next
         from (select next_due_at as due_at from ${table.name} where next_due_at > $1
               union all
               select (d ->> 'dueAt')::timestamptz from ${table.name}, jsonb_array_elements(deadlines) as d
                where next_due_at <= $1 and (d ->> 'dueAt')::timestamptz > $1) as due`,
      [by],
    );
    return rows[0]?.next ?? undefined;
  }

  /** By owner, because an owner's place does not change while the pages are read. */
  private async page(
    by: string,
    seen: Look | undefined,
    after: DeadlinesOfOwner | undefined,
  ): Promise<DeadlinesOfOwner[]> {
    const { rows } = await this.pool.query<DeadlinesOfOwner>(
      `select ${table.selection} from ${table.name}
        where next_due_at <= $1
          and ($2::bigint is null or position > $2 or exists (
                select from jsonb_array_elements(deadlines) as d
                 where (d ->> 'dueAt')::timestamptz > $3 and (d ->> 'dueAt')::timestamptz <= $1))
          and owner > $4
        order by owner limit ${PAGE}`,
      [by, seen?.position.toString() ?? null, seen?.dueBy ?? null, after?.owner ?? ''],
    );
    return rows;
  }
}

function dueOf({ owner, customerId, deadlines }: DeadlinesOfOwner, by: string): DueDeadline[] {
  return deadlines
    .filter(({ dueAt }) => compareInstants(dueAt, by) <= 0)
    .sort((a, b) => compareInstants(a.dueAt, b.dueAt))
    .map((due) => ({ ...due, owner, customerId: customerId ?? undefined }));
}
