import { createServer } from 'node:net';
import { readSettings } from '#platform/settings.js';
import { checkReachable, namedServers } from './reachable.js';

describe('the servers that the settings name', () => {
  it('are found with the ports of their clients where none is given', () => {
    const settings = readSettings({
      EVENTSTORE_URL: 'esdb://admin:changeit@one,two:2114?tls=false',
      KAFKA_BROKERS: 'kafka:9092,[::1]:9093',
      DATABASE_URL: 'postgres://u:p@db/rapport',
    });
    expect(namedServers(settings)).toEqual([
      {
        variable: 'EVENTSTORE_URL',
        hosts: [
          { host: 'one', port: 2113 },
          { host: 'two', port: 2114 },
        ],
      },
      {
        variable: 'KAFKA_BROKERS',
        hosts: [
          { host: 'kafka', port: 9092 },
          { host: '::1', port: 9093 },
        ],
      },
      { variable: 'DATABASE_URL', hosts: [{ host: 'db', port: 5432 }] },
    ]);
  });

  it('leave what DNS stands for to the client', () => {
    expect(namedServers(readSettings({ EVENTSTORE_URL: 'esdb+discover://cluster' }))).toEqual([]);
  });

  it('are reached when one of several answers, and named when none does', async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    await checkReachable(readSettings({ KAFKA_BROKERS: `127.0.0.1:1,127.0.0.1:${port}` }), 0);
    server.close();
    const nobody = checkReachable(readSettings({ DATABASE_URL: 'postgres://u:secret@127.0.0.1:1/d' }), 0);
    await expect(nobody).rejects.toMatchObject({
      message: 'Nobody answers at 127.0.0.1:1 (DATABASE_URL).',
      exitCode: 3,
    });
  });
});
