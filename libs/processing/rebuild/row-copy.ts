import type { ClientBase } from 'pg';
import { from } from 'pg-copy-streams';
import type { Entity } from '#platform/database/entity.js';
import { isRefused } from '../parking/row-writer.js';
import { CopyFormat } from './copy-format.js';

interface Line<Row> {
  row: Row;
  text: string;
}

/** Writes rows into a table by COPY, while the next ones are made. */
export class RowCopy<Row extends object> {
  private readonly format: CopyFormat<Row>;
  private readonly sql: string;
  private inFlight: Promise<void> = Promise.resolve();
  /** How many are in the table. */
  rows = 0;

  constructor(
    private readonly client: ClientBase,
    entity: Entity<Row>,
    table: string,
    /** Told of each row that PostgreSQL cannot hold; the others are written. */
    private readonly refused: (row: Row, error: Error) => void,
  ) {
    this.format = new CopyFormat(entity);
    this.sql = `copy ${table} (${this.format.columns}) from stdin`;
  }

  /** Returns when the rows before these are written. @throws what PostgreSQL says, unless a row was refused. */
  async write(rows: readonly Row[]): Promise<void> {
    const lines = this.encoded(rows);
    await this.inFlight;
    this.inFlight = this.send(lines);
    // Whoever writes or flushes next hears of it.
    this.inFlight.catch(() => {});
  }

  async flush(): Promise<void> {
    await this.inFlight;
  }

  private encoded(rows: readonly Row[]): Line<Row>[] {
    const lines: Line<Row>[] = [];
    for (const row of rows) {
      try {
        lines.push({ row, text: this.format.line(row) });
      } catch (error) {
        this.refused(row, error as Error);
      }
    }
    return lines;
  }

  /** One statement, all or none of it; refused, it is halved until the row is found. */
  private async send(lines: Line<Row>[]): Promise<void> {
    if (lines.length === 0) return;
    try {
      await this.copy(lines);
      this.rows += lines.length;
    } catch (error) {
      if (!isRefused(error)) throw error;
      if (lines.length === 1) {
        this.refused(lines[0]!.row, error as Error);
        return;
      }
      const half = Math.ceil(lines.length / 2);
      await this.send(lines.slice(0, half));
      await this.send(lines.slice(half));
    }
  }

  private copy(lines: Line<Row>[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const stream = this.client.query(from(this.sql));
      stream.on('error', reject).on('finish', resolve);
      stream.end(lines.map(({ text }) => text).join(''));
    });
  }
}
