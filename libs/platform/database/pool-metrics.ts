import type { Pool } from 'pg';
import { gauge } from '../telemetry/metrics.js';

/** Tells of a pool's connections whenever metrics are read. Of several pools of a process the last one is told. */
export function measurePool(pool: Pool): void {
  measured = pool;
}

let measured: Pool | undefined;

gauge(
  'rapport_database_pool_connections',
  'Connections of the pool to PostgreSQL that are `used` or `idle`; `limit` is how many it may open.',
  ['state'],
  (connections) => {
    if (!measured) return;
    const { totalCount, idleCount } = measured;
    connections.set({ state: 'used' }, totalCount - idleCount);
    connections.set({ state: 'idle' }, idleCount);
    connections.set({ state: 'limit' }, measured.options.max);
  },
);
gauge(
  'rapport_database_pool_waiting',
  'Requests that wait for a connection of the pool.',
  [],
  (waiting) => measured && waiting.set(measured.waitingCount),
);
