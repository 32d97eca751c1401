import type { Pool } from 'pg';
import { prepareDatabase } from '#platform/database/migrate.js';
import { createPool } from '#platform/database/pool.js';
import { type Servers, startServers } from '#testing/servers.js';
import { Credentials } from './credentials.js';

let servers: Servers;
let pool: Pool;

beforeAll(async () => {
  servers = await startServers({ only: ['postgres'] });
  await prepareDatabase(servers.databaseUrl, []);
  pool = createPool(servers.databaseUrl);
});

afterAll(async () => {
  await pool?.end();
  await servers?.stop();
});

/** As a process that starts now finds it: nothing is remembered. */
const find = (apiKey: string) => new Credentials(pool).find(apiKey);

describe('a key given by configuration', () => {
  it('ends the one that was given before it, and is valid again when it is given again', async () => {
    const credentials = new Credentials(pool);
    await credentials.register('the-first-key-1234', 'development', 'admin');
    await credentials.register('another-name-12345', 'reports', 'analyst');
    await credentials.register('the-second-key-123', 'development', 'admin');
    expect(await find('the-first-key-1234')).toBeUndefined();
    expect(await find('the-second-key-123')).toMatchObject({ name: 'development', role: 'admin' });
    expect(await find('another-name-12345')).toMatchObject({ name: 'reports', role: 'analyst' });
    await credentials.register('the-first-key-1234', 'development', 'admin');
    expect(await find('the-first-key-1234')).toMatchObject({ name: 'development' });
    expect(await find('the-second-key-123')).toBeUndefined();
  });
});
