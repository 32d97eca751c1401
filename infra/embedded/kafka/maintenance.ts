import { cleanLog } from './compaction.js';
import type { BrokerConfigs } from './configs.js';
import { removeBatchesBefore } from './deletion.js';
import { applyRetention } from './retention.js';
import type { Store } from './store.js';
import type { Topics } from './topics.js';
import type { Transactions } from './transactions.js';

/** What of the broker needs maintenance. */
interface Maintained {
  readonly store: Store;
  readonly configs: BrokerConfigs;
  readonly topics: Topics;
  readonly transactions: Transactions;
  readonly report: (message: string) => void;
}

/** The broker's background work, one piece at a time: transaction timeouts, retention, compaction, removing batches. */
export class Maintenance {
  private readonly timers: NodeJS.Timeout[] = [];
  private tail: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(private readonly broker: Maintained) {}

  start() {
    const { configs, transactions } = this.broker;
    this.every(configs.number('transaction.abort.timed.out.transaction.cleanup.interval.ms'), () =>
      transactions.abortExpired(Date.now()),
    );
    this.every(configs.number('log.retention.check.interval.ms'), () => this.enqueue(() => this.retain()));
    this.every(configs.number('log.cleaner.backoff.ms'), () => this.enqueue(() => this.compact()));
    this.sweep();
  }

  private every(ms: number, run: () => void) {
    this.timers.push(setInterval(run, ms).unref());
  }

  /** Removes what deleted topics and moved log starts leave behind. */
  sweep() {
    this.enqueue(() => this.broker.topics.sweep());
  }

  private enqueue(work: () => Promise<void>) {
    this.tail = this.tail
      .then(() => (this.stopped ? undefined : work()))
      .catch((error: Error) => this.broker.report(`Maintenance failed: ${error.message}`));
  }

  private async retain() {
    const now = Date.now();
    for (const { logs } of this.broker.topics.all())
      for (const log of logs) {
        log.producers.expire(now - this.broker.configs.number('producer.id.expiration.ms'));
        const before = log.logStart;
        if (log.configs.isDeleted) applyRetention(log, now);
        if (log.logStart > before)
          await removeBatchesBefore(this.broker.store, log.state.topicId, log.state.partition, log.logStart);
      }
  }

  private async compact() {
    for (const { logs } of this.broker.topics.all())
      for (const log of logs) {
        if (this.stopped) return;
        if (log.configs.isCompacted) await cleanLog(this.broker.store, log, Date.now());
      }
  }

  /** Ends after the piece of work that is running. */
  async stop() {
    this.stopped = true;
    for (const timer of this.timers) clearInterval(timer);
    await this.tail;
  }
}
