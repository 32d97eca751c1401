import { randomUUID } from 'node:crypto';
import { BrokerConfigs } from './configs.js';
import { Groups } from './groups.js';
import { Maintenance } from './maintenance.js';
import { Offsets } from './offsets.js';
import { Store } from './store.js';
import { Topics } from './topics.js';
import { Transactions } from './transactions.js';

export const NODE_ID = 1;
export const HOST = '127.0.0.1';

/** Everything that the API handlers work on. */
export class Broker {
  readonly topics: Topics;
  readonly groups: Groups;
  readonly offsets: Offsets;
  readonly transactions: Transactions;
  readonly clusterId: string;
  readonly maintenance: Maintenance;
  /** Known when the server listens. */
  port = 0;
  isClosing = false;
  /** Called at shutdown, so that waiting requests end. */
  readonly onClosing = new Set<() => void>();

  constructor(
    readonly store: Store,
    readonly configs: BrokerConfigs,
    readonly report: (message: string) => void,
  ) {
    const loaded = store.load();
    const cluster = (loaded.get('cluster') as { id: string } | undefined) ?? { id: randomUUID().replaceAll('-', '') };
    if (!loaded.has('cluster')) store.putState('cluster', cluster);
    this.clusterId = cluster.id;
    this.topics = new Topics(store, configs, loaded);
    this.offsets = new Offsets(store, loaded);
    this.groups = new Groups(this.offsets, configs);
    const maxTimeout = configs.number('transaction.max.timeout.ms');
    this.transactions = new Transactions(store, this.topics, this.offsets, maxTimeout, loaded);
    this.maintenance = new Maintenance(this);
  }

  static open(directory: string, configs: Record<string, string>, report: (message: string) => void): Broker {
    const checked = new BrokerConfigs(configs);
    return new Broker(new Store(directory), checked, report);
  }

  /** Ends background work and waiting requests, writes what is queued and closes the store. */
  async close() {
    this.isClosing = true;
    for (const end of this.onClosing) end();
    this.groups.close();
    await this.maintenance.stop();
    await this.store.close();
  }
}
