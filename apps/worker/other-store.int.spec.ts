import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import { HttpClient } from '#apps/api/testing/http-client.js';
import { aCustomer } from '#apps/api/testing/requests.js';
import { RunningSystem } from '#apps/api/testing/running-system.js';
import { newId } from '#contracts/ids.js';
import { connect, type EventStore } from '#event-store/event-store.js';
import { PersonalDataCipher } from '#event-store/personal-data-cipher.js';
import { PersonKeysInMemory } from '#testing/command-process.js';
import { type Servers, startServers } from '#testing/servers.js';
import { until } from '#testing/spec-worker.js';

jest.setTimeout(180_000);

let system: RunningSystem;
let other: Servers;
let store: EventStore;
let elsewhere: { EVENTSTORE_URL: string };

beforeAll(async () => {
  system = await RunningSystem.start();
  const { status, body } = await system.http.post('/customers', aCustomer());
  expect(status).toBe(201);
  await system.http.get(`/customers/${body.id}/360?position=${body.position}`);
  await system.stopWorker();
  other = await startServers({ only: ['event-store'] });
  store = connect(other.eventStoreUrl, new PersonalDataCipher(new PersonKeysInMemory()));
  elsewhere = { EVENTSTORE_URL: other.eventStoreUrl };
});

afterAll(async () => {
  await store?.close();
  await system?.stop();
  await other?.stop();
});

describe('an event store that the checkpoints are not of', () => {
  it('gets nothing from a worker, which says why it stands still', async () => {
    const worker = system.startAnotherWorker(elsewhere);
    const { port } = await worker.firstResult();
    let told: Record<string, string> = {};
    await until(async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/health/ready`);
      expect(answer.status).toBe(503);
      told = ((await answer.json()) as { processors: typeof told }).processors;
      return Object.values(told).length > 0 && !Object.values(told).includes('opening');
    });
    expect(new Set(Object.values(told))).toEqual(new Set(['stopped']));
    worker.process.kill('SIGTERM');
    expect(await worker.exit).toBe(0);
    expect(worker.stdout + worker.stderr).toContain('belongs to event store');
    expect(await store.head()).toBeUndefined();
  });

  it('gets nothing from the API, which refuses commands with 503', async () => {
    const api = system.startAnotherApi(elsewhere);
    const http = new HttpClient(Number((await api.firstResult()).port), system.address.apiKey);
    const { status, headers, body, text } = await http.post('/customers', aCustomer());
    expect([status, headers['retry-after'], body.type]).toEqual([503, '1', 'urn:rapport:problem:other-store']);
    expect(text).not.toMatch(/checkpoint|127\.0\.0\.1/);
    http.close();
    api.process.kill('SIGTERM');
    await api.exit;
    expect(await store.head()).toBeUndefined();
  });

  it('makes no view that could take the place of the live one', async () => {
    const rebuild = system.startCommand(['projections', 'rebuild', 'loyalty_level'], elsewhere);
    expect(await rebuild.exit).toBe(1);
    expect(rebuild.stderr).toMatch(
      /^error: The checkpoint of loyalty_level belongs to event store .* drop schema views/,
    );
  });
});

describe('another master key than the one that wraps the keys', () => {
  it.each([
    ['projections', 'rebuild', 'loyalty_level'],
    ['audit', newId()],
  ])('is refused by `rapport %s`', async (...args) => {
    const run = system.startCommand(args, { RAPPORT_MASTER_KEY: randomBytes(32).toString('base64') });
    expect({ exit: await run.exit, told: run.stderr }).toEqual({
      exit: 2,
      told: expect.stringMatching(/^error: RAPPORT_MASTER_KEY is "\*\*\*": it is not the key/),
    });
  });
});
