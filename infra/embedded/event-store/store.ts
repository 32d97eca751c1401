import type { WriteRequest, Written } from './append.js';
import { Hub } from './hub.js';
import { loadTails } from './load-tails.js';
import { Log } from './log.js';
import { View } from './view.js';
import { Writer } from './writer.js';

/** The event store without its protocol: one log, one writer, any number of readers. */
export class Store {
  readonly view: View;
  readonly hub = new Hub();
  /** Sequence number of the last event that is on the disk. */
  last: number;
  private readonly writer: Writer;

  private constructor(private readonly log: Log) {
    const tails = loadTails(log);
    this.view = new View(log, tails);
    this.last = log.counters().last;
    this.writer = new Writer(log, tails, (last, streams) => {
      this.last = last;
      this.hub.wake(streams);
      this.hub.wake(['$all']);
    });
  }

  /**
   * Opens the store for this process alone.
   * @throws when another living process has it, or when it is damaged.
   */
  static async open(dataDir: string): Promise<Store> {
    const log = await Log.open(dataDir);
    try {
      log.takeOwnership(dataDir);
      return new Store(log);
    } catch (error) {
      await log.close();
      throw error;
    }
  }

  write(request: WriteRequest): Promise<Written> {
    return new Promise((resolve, reject) => this.submit(request, resolve, reject));
  }

  /** The same without a promise: what one commit wrote is answered in one turn of the event loop. */
  submit(request: WriteRequest, resolve: (written: Written) => void, reject: (error: unknown) => void): void {
    this.writer.write({ request, resolve, reject });
  }

  /** Lets the accepted writes finish; later ones are refused. */
  stopWriting(): Promise<void> {
    return this.writer.close();
  }

  async close(): Promise<void> {
    await this.stopWriting();
    this.writer.indexAll();
    this.log.releaseOwnership();
    await this.log.close();
  }
}
