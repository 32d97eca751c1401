import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { EventStoreDBClient } from '@eventstore/db-client';
import { type Servers, startServers } from '#testing/servers.js';
import { Launched } from './up/testing/launched.js';

const program = resolve('dist/apps/cli/main.js');
const nobody = 'postgres://u:p@127.0.0.1:1/d';
const mapping = resolve('docs/examples/imports/cdnow.json');

describe('a command where only the event store is there', () => {
  let servers: Servers;
  let data: string;

  beforeAll(async () => {
    servers = await startServers({ only: ['event-store'] });
    data = mkdtempSync(join(tmpdir(), 'rapport-reach-'));
  });

  afterAll(async () => {
    await servers?.stop();
    rmSync(data, { recursive: true, force: true });
  });

  const rapport = (args: string[], env: Record<string, string> = {}) =>
    Launched.node(program, [...args, '--json'], { RAPPORT_DATA: data, EVENTSTORE_URL: servers.eventStoreUrl, ...env });

  it('counts events without a master key and a database, and writes nothing into the store', async () => {
    const client = EventStoreDBClient.connectionString(servers.eventStoreUrl);
    const before = await client.getStreamMetadata('rapport-store');
    expect(await rapport(['events', 'count']).firstResult()).toMatchObject({ events: expect.any(Number) });
    expect((await client.getStreamMetadata('rapport-store')).metadata).toEqual(before.metadata);
    await client.dispose();
  });

  it('asks for the database, and not for a master key, to tell the status', async () => {
    const status = rapport(['status']);
    expect(await status.exit).toBe(3);
    expect(status.stderr).toContain('DATABASE_URL');
    const away = rapport(['status'], { DATABASE_URL: nobody });
    expect(await away.exit).toBe(3);
    expect(away.stderr).toContain('ECONNREFUSED');
  });

  it('ends an import with exit code 3, and soon, when nobody answers for the database', async () => {
    const key = Buffer.alloc(32, 1).toString('base64');
    const began = Date.now();
    const run = rapport(['import', mapping, '--mapping', mapping], { DATABASE_URL: nobody, RAPPORT_MASTER_KEY: key });
    expect(await run.exit).toBe(3);
    expect(Date.now() - began).toBeLessThan(8_000);
  });
});
