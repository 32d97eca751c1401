import type { Store } from './store.js';

const CHUNK = 500;

/** Removes a partition's batches that end before the offset, a few at a time, so that other requests go between. */
export async function removeBatchesBefore(store: Store, topicId: number, partition: number, offset: number) {
  for (;;) {
    let removed = 0;
    for (const key of store.batchKeys([topicId, partition, 0], [topicId, partition, offset])) {
      store.removeBatch(key);
      if (++removed === CHUNK) break;
    }
    if (removed === 0) return;
    await store.flushed();
    if (removed < CHUNK) return;
  }
}
