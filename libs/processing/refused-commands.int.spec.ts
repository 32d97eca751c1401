import type { Pool } from 'pg';
import { prepareDatabase } from '#platform/database/migrate.js';
import { createPool } from '#platform/database/pool.js';
import { type Servers, startServers } from '#testing/servers.js';
import { until } from '#testing/spec-worker.js';
import { RefusedCommands, refusedCommands } from './refused-commands.js';

let servers: Servers;
let pool: Pool;

beforeAll(async () => {
  servers = await startServers({ only: ['postgres'] });
  await prepareDatabase(servers.databaseUrl);
  pool = createPool(servers.databaseUrl);
}, 60_000);

afterAll(async () => {
  await pool?.end();
  await servers?.stop();
});

it('counts what was refused by source, command and rule, over restarts, and while the database is away', async () => {
  const first = new RefusedCommands(pool);
  for (let n = 0; n < 3; n += 1) first.note('earn-points', 'EarnPoints', 'not-enrolled');
  first.note('transfer-points', 'TransferPoints', 'not-enrolled');
  await until(async () => (await refusedCommands(pool)).length === 2);
  await first.close();
  let isAway = true;
  const query = (...args: [string, unknown[]]) => (isAway ? Promise.reject(new Error('away')) : pool.query(...args));
  const second = new RefusedCommands({ query } as unknown as Pool);
  second.note('earn-points', 'EarnPoints', 'not-enrolled');
  await second.close();
  isAway = false;
  second.note('earn-points', 'EarnPoints', 'not-enrolled');
  await second.close();
  const told = await refusedCommands(pool);
  expect(told.map(({ source, command, rule, refused }) => [source, command, rule, refused])).toEqual([
    ['earn-points', 'EarnPoints', 'not-enrolled', 5],
    ['transfer-points', 'TransferPoints', 'not-enrolled', 1],
  ]);
}, 60_000);
