import { CorruptRecord } from '../checked-record.js';
import { BrokerConfigs } from './configs.js';
import { Offsets } from './offsets.js';
import { isIntact, readHeader } from './record-batch.js';
import { Store } from './store.js';
import { Topics } from './topics.js';

export interface Verified {
  topics: number;
  partitions: number;
  batches: number;
  /** Messages as their batches count them, control records left out. */
  records: number;
  groups: number;
  transactionalIds: number;
}

/**
 * Walks a data folder, without changing it, and checks everything: the seal and place of every stored record, that no
 * batch is missing, and every batch's own CRC.
 * @throws CorruptRecord that names what is corrupt.
 */
export async function verify(dataDir: string): Promise<Verified> {
  const store = new Store(dataDir, { readOnly: true });
  try {
    return walk(store);
  } finally {
    await store.close();
  }
}

function walk(store: Store): Verified {
  const loaded = store.load();
  const topics = new Topics(store, new BrokerConfigs(), loaded);
  const result: Verified = {
    topics: 0,
    partitions: 0,
    batches: 0,
    records: 0,
    groups: new Offsets(store, loaded).names().length,
    transactionalIds: [...loaded.keys()].filter((key) => key.startsWith('transaction/')).length,
  };
  const known = new Set<string>();
  for (const { state, logs } of topics.all()) {
    result.topics++;
    for (const log of logs) {
      result.partitions++;
      known.add(`${log.state.topicId}/${log.state.partition}`);
      for (const { batch, lastOffset } of log.scan(log.logStart, log.state.logEnd)) {
        const where = `Batch ${state.name}-${log.state.partition} up to offset ${lastOffset}`;
        result.batches++;
        result.records += checkBatch(batch, lastOffset, where);
      }
    }
  }
  for (const key of loaded.keys()) if (key.startsWith('deleting/')) known.add(key.slice('deleting/'.length));
  for (const [topicId, partition, lastOffset] of store.batchKeys()) {
    const isKnown = known.has(`${topicId}/${partition}`) || known.has(String(topicId));
    if (!isKnown || typeof lastOffset !== 'number')
      throw new CorruptRecord(`Batch ${topicId}/${partition}/${lastOffset}, which belongs to no topic,`);
  }
  return result;
}

function checkBatch(batch: Buffer, lastOffset: number, where: string): number {
  if (!isIntact(batch)) throw new CorruptRecord(where);
  const header = readHeader(batch);
  if (header.lastOffset !== lastOffset) throw new CorruptRecord(where);
  return header.control ? 0 : header.count;
}
