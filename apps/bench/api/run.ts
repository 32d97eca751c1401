import { RunningSystem } from '#apps/api/testing/running-system.js';
import type { Measurement } from '../report.js';
import { commandOverHttp } from './commands.js';
import { fill } from './million-customers.js';
import { queryByKey, waits } from './reads.js';
import { startReferenceApi } from './reference-api.js';

/** Commands and queries over HTTP, each beside its reference in the same run. */
export async function benchApi(customers: number): Promise<Measurement[]> {
  const system = await RunningSystem.start();
  try {
    await system.stopWorker();
    const command = await commandOverHttp(system);
    await fill(system.pool, customers);
    const reference = await startReferenceApi(system.servers.databaseUrl, system.pool);
    const query = await queryByKey(system, reference.url, customers);
    await reference.close();
    return [command, query, ...(await waits(system, customers))];
  } finally {
    await system.stop();
  }
}
