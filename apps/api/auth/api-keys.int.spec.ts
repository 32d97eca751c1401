import type { Pool } from 'pg';
import { prepareDatabase } from '#platform/database/migrate.js';
import { createPool } from '#platform/database/pool.js';
import { type Servers, startServers } from '#testing/servers.js';
import { ApiKeyExists, ApiKeys } from './api-keys.js';

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

/** As a process that starts now finds it: nothing is remembered. */
const find = (apiKey: string) => new ApiKeys(pool).find(apiKey);

describe('a key given by configuration', () => {
  it('ends the one that was given before it, and is valid again when it is given again', async () => {
    const keys = new ApiKeys(pool);
    await keys.register('the-first-key-1234', 'development', 'admin');
    await keys.register('another-name-12345', 'reports', 'analyst');
    await keys.register('the-second-key-123', 'development', 'admin');
    expect(await find('the-first-key-1234')).toBeUndefined();
    expect(await find('the-second-key-123')).toMatchObject({ name: 'development', role: 'admin' });
    expect(await find('another-name-12345')).toMatchObject({ name: 'reports', role: 'analyst' });
    await keys.register('the-first-key-1234', 'development', 'admin');
    expect(await find('the-first-key-1234')).toMatchObject({ name: 'development' });
    expect(await find('the-second-key-123')).toBeUndefined();
  });
});

describe('a key that was created', () => {
  it('is found with its role and attributes, is listed without itself, and ends when it is revoked', async () => {
    const keys = new ApiKeys(pool);
    const apiKey = await keys.create({ name: 'till-7', role: 'agent', department: 'sales', outletId: 'hanoi-1' });
    const holder = { name: 'till-7', role: 'agent', department: 'sales', outletId: 'hanoi-1' };
    expect(await find(apiKey)).toMatchObject(holder);
    const listed = (await keys.list()).find(({ name }) => name === 'till-7');
    expect(listed).toEqual({ ...holder, createdAt: expect.any(String) });
    const { rows } = await pool.query<{ row: string }>('select api_keys::text as row from ops.api_keys');
    expect(rows.map(({ row }) => row).join()).not.toContain(apiKey);
    expect([await keys.revoke('till-7'), await keys.revoke('till-7')]).toEqual([true, false]);
    expect(await find(apiKey)).toBeUndefined();
    expect((await keys.list()).map(({ name }) => name)).not.toContain('till-7');
  });

  it('is the only one of its name until it is revoked', async () => {
    const keys = new ApiKeys(pool);
    await keys.create({ name: 'once', role: 'service' });
    await expect(keys.create({ name: 'once', role: 'admin' })).rejects.toThrow(ApiKeyExists);
    await keys.revoke('once');
    const again = await keys.create({ name: 'once', role: 'admin' });
    expect(await find(again)).toMatchObject({ role: 'admin' });
  });
});
