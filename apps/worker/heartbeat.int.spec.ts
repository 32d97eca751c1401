import type { Pool } from 'pg';
import { newId } from '#contracts/ids.js';
import { prepareDatabase } from '#platform/database/migrate.js';
import { createPool } from '#platform/database/pool.js';
import { processorStates } from '#processing/worker-status.js';
import { type Servers, startServers } from '#testing/servers.js';
import { Heartbeat } from './heartbeat.js';

let servers: Servers;
let pool: Pool;

beforeAll(async () => {
  servers = await startServers({ only: ['postgres'] });
  await prepareDatabase(servers.databaseUrl);
  pool = createPool(servers.databaseUrl);
});

afterAll(async () => {
  await pool?.end();
  await servers?.stop();
});

beforeEach(() => pool.query('delete from ops.workers'));

/** What a worker left that died so long ago. */
const left = (workerId: string, seconds: number) =>
  pool.query(
    `insert into ops.workers (worker_id, processors, seen_at)
     values ($1, '[{"name": "publisher", "state": "running"}]', now() - make_interval(secs => $2))`,
    [workerId, seconds],
  );
const opening = [{ name: 'publisher', kind: 'publisher', state: { kind: 'opening' } }] as const;

describe('a dead worker', () => {
  it('does not count as running when it has said nothing for three seconds', async () => {
    await left(newId(), 3.5);
    expect((await processorStates(pool)).get('publisher')).toBeUndefined();
  });

  it('does not count as running once its successor has begun, however soon that is', async () => {
    const workerId = newId();
    await left(workerId, 0);
    const heartbeat = new Heartbeat(pool, opening, workerId);
    await heartbeat.start();
    const states = await processorStates(pool);
    await heartbeat.stop();
    expect(states.get('publisher')).toBe('opening');
  });

  it('is forgotten a minute later by the others', async () => {
    await left(newId(), 61);
    await left(newId(), 30);
    const heartbeat = new Heartbeat(pool, opening, newId());
    await heartbeat.start();
    await heartbeat.stop();
    expect((await pool.query('select 1 from ops.workers')).rowCount).toBe(1);
  });
});
