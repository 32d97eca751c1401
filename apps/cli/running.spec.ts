import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '#platform/settings.js';
import type { Context } from './context.js';
import { Output } from './output.js';
import { identify } from './process-identity.js';
import { writeRunFile } from './run-file.js';
import { apiUrl, connectionsFor } from './running.js';

describe('the connections of a command', () => {
  let data: string;

  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'rapport-running-'));
  });

  afterEach(() => rmSync(data, { recursive: true, force: true }));

  const context = (given: Record<string, string> = {}): Context => {
    const env: Record<string, string> = { RAPPORT_DATA: data, ...given };
    return { output: new Output(true), settings: readSettings(env), env, isGiven: (variable) => !!env[variable] };
  };
  const run = (started = identify(process.pid)!.started) =>
    writeRunFile(data, {
      supervisor: { pid: process.pid, started },
      api: 'http://127.0.0.1:3001',
      worker: 'http://127.0.0.1:3002',
      apiKey: 'the-key-of-the-run',
      eventStore: 'esdb://127.0.0.1:2114?tls=false',
      kafka: ['127.0.0.1:9093'],
      database: null,
      businessDate: '1998-06-30',
      children: {},
    });

  it('are those of the system that runs on the data folder', () => {
    run();
    expect(connectionsFor(context(), 'eventStoreUrl', 'kafkaBrokers', 'api', 'apiKey')).toMatchObject({
      eventStoreUrl: 'esdb://127.0.0.1:2114?tls=false',
      kafkaBrokers: ['127.0.0.1:9093'],
      api: 'http://127.0.0.1:3001',
      apiKey: 'the-key-of-the-run',
      businessDate: '1998-06-30',
    });
  });

  it('are those of the environment where it names them', () => {
    run();
    const given = { EVENTSTORE_URL: 'esdb://elsewhere', RAPPORT_PORT: '4000' };
    expect(connectionsFor(context(given), 'eventStoreUrl', 'api')).toMatchObject({
      eventStoreUrl: 'esdb://elsewhere',
      api: 'http://127.0.0.1:4000',
    });
  });

  it('are missed with exit code 3 and with what to do when nothing runs', () => {
    expect(() => connectionsFor(context(), 'eventStoreUrl')).toThrow(/Nothing runs on .*npm start.*EVENTSTORE_URL/);
    expect(() => connectionsFor(context(), 'eventStoreUrl')).toThrow(expect.objectContaining({ exitCode: 3 }));
  });

  it('are not those of a killed system that left its file behind', () => {
    run('long ago');
    expect(() => connectionsFor(context(), 'eventStoreUrl')).toThrow(/Nothing runs/);
  });

  it('say what is missing when only a part runs', () => {
    run();
    expect(() => connectionsFor(context(), 'databaseUrl')).toThrow(/has no database.*DATABASE_URL/);
  });

  it('find the master key that the data folder keeps', () => {
    writeFileSync(join(data, 'master-key'), `${Buffer.alloc(32, 1).toString('base64')}\n`);
    expect(connectionsFor(context(), 'masterKey').masterKey).toEqual(Buffer.alloc(32, 1));
  });

  it('reach a server that listens on every address by loopback', () => {
    expect(apiUrl('0.0.0.0', 3000)).toBe('http://127.0.0.1:3000');
    expect(apiUrl('::1', 3000)).toBe('http://[::1]:3000');
  });
});
