import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Servers, startServers } from '#testing/servers.js';
import { Launched } from '../up/testing/launched.js';

describe('rapport status', () => {
  let servers: Servers;
  let data: string;

  beforeAll(async () => {
    servers = await startServers({ only: ['event-store', 'postgres'] });
    data = mkdtempSync(join(tmpdir(), 'rapport-status-'));
  });

  afterAll(async () => {
    await servers?.stop();
    rmSync(data, { recursive: true, force: true });
  });

  it('says that no worker runs while a system that starts for the first time has no tables yet', async () => {
    const status = Launched.node(resolve('dist/apps/cli/main.js'), ['status', '--json'], {
      RAPPORT_DATA: data,
      EVENTSTORE_URL: servers.eventStoreUrl,
      DATABASE_URL: servers.databaseUrl,
    });
    const result = await status.firstResult();
    expect(result).toMatchObject({ ready: false });
    expect(result.processors).toContainEqual({
      name: 'publisher',
      state: 'no worker runs it',
      position: null,
      lag: expect.any(Number),
      lagSeconds: expect.any(Number),
      eventsPerSecond: null,
      parked: 0,
      sources: [],
    });
  });
});
