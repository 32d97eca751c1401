import type { Pool } from 'pg';

/** Commands of a policy or a timer that the domain refused by the same rule. */
export interface RefusedCommand {
  /** The policy, or whoever else sent them. */
  source: string;
  /** Of a timer: the kind of the deadline. */
  command: string;
  rule: string;
  refused: number;
  lastRefusedAt: string;
}

const EVERY_MS = 1_000;

/**
 * Records what the domain refused of the commands that policies and timers send: they are passed over, because they would
 * be refused for ever. They are counted by rule; the log has each.
 */
export class RefusedCommands {
  private readonly counts = new Map<string, { source: string; command: string; rule: string; count: number }>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly pool: Pool) {}

  note(source: string, command: string, rule: string): void {
    const key = `${source} ${command} ${rule}`;
    const known = this.counts.get(key) ?? { source, command, rule, count: 0 };
    this.counts.set(key, { ...known, count: known.count + 1 });
    this.timer ??= setTimeout(() => void this.store(), EVERY_MS);
  }

  async close(): Promise<void> {
    await this.store();
    clearTimeout(this.timer);
  }

  /** What a database that is away does not take is stored with what comes next. */
  private async store(): Promise<void> {
    this.timer = undefined;
    const counts = [...this.counts.values()];
    this.counts.clear();
    if (counts.length === 0) return;
    await this.pool
      .query(
        `insert into ops.refused_commands as r (source, command, rule, refused)
         select source, command, rule, count
           from json_to_recordset($1) as counts (source text, command text, rule text, count bigint)
         on conflict (source, command, rule) do update
            set refused = r.refused + excluded.refused, last_refused_at = excluded.last_refused_at`,
        [JSON.stringify(counts)],
      )
      .catch(() => {
        for (const { source, command, rule, count } of counts) {
          const key = `${source} ${command} ${rule}`;
          const since = this.counts.get(key)?.count ?? 0;
          this.counts.set(key, { source, command, rule, count: count + since });
        }
      });
  }
}

/** What has been refused so far, the latest first. */
export async function refusedCommands(pool: Pool): Promise<RefusedCommand[]> {
  const { rows } = await pool.query<RefusedCommand>(
    `select source, command, rule, refused, last_refused_at as "lastRefusedAt"
       from ops.refused_commands order by last_refused_at desc, source, command, rule`,
  );
  return rows;
}
