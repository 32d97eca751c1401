import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, rmSync, type WriteStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { type Column, ColumnFinder, type Row } from './columns.js';

/** Rows set down in a file of their own, a JSON object a line, until it is known which columns they have. */
export class Spool {
  private readonly folder = mkdtempSync(join(tmpdir(), 'rapport-rows-'));
  readonly file = join(this.folder, 'rows.ndjson');
  private readonly finder = new ColumnFinder();
  private readonly stream: WriteStream = createWriteStream(this.file, { mode: 0o600 });
  private failure: Error | undefined;
  size = 0;

  constructor() {
    this.stream.on('error', (error) => {
      this.failure = error;
    });
  }

  /** In the order in which their names first came up. */
  get columns(): Column[] {
    return this.finder.columns;
  }

  async add(row: Row): Promise<void> {
    this.finder.add(row);
    await this.addLine(JSON.stringify(row));
  }

  /** A row whose columns are known otherwise. */
  async addLine(line: string): Promise<void> {
    if (this.failure) throw this.failure;
    this.size += 1;
    if (!this.stream.write(`${line}\n`)) await once(this.stream, 'drain');
  }

  /** There are no more rows: from here on the file can be read. */
  async end(): Promise<void> {
    if (this.failure) throw this.failure;
    this.stream.end();
    await finished(this.stream);
  }

  async *rows(): AsyncGenerator<Row> {
    for await (const line of createInterface({ input: createReadStream(this.file) })) yield JSON.parse(line) as Row;
  }

  remove(): void {
    this.stream.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
