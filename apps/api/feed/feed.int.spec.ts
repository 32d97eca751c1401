import { newId } from '#contracts/ids.js';
import { until } from '#testing/spec-worker.js';
import { ApiKeys } from '../auth/api-keys.js';
import type { ApiRole } from '../auth/roles.js';
import { EventStream } from '../testing/event-stream.js';
import { aComplaint, aCustomer, aPurchase } from '../testing/requests.js';
import { RunningSystem } from '../testing/running-system.js';

let system: RunningSystem;
let open: EventStream[];
let keys: ApiKeys;
const apiKeys = new Map<ApiRole, string>();

beforeAll(async () => {
  system = await RunningSystem.start();
  keys = new ApiKeys(system.pool);
  for (const role of ['agent', 'service', 'analyst', 'auditor', 'admin'] as const) {
    apiKeys.set(role, await keys.create({ name: `feed-${role}`, role }));
  }
}, 90_000);

beforeEach(() => {
  open = [];
});

afterEach(() => {
  for (const stream of open) stream.close();
});

afterAll(async () => {
  await system?.stop();
});

async function listen(query = '', { role = 'admin' as ApiRole, lastEventId = '' } = {}): Promise<EventStream> {
  const headers: Record<string, string> = { authorization: `Bearer ${apiKeys.get(role)}` };
  if (lastEventId !== '') headers['last-event-id'] = lastEventId;
  const stream = await EventStream.open(system.http.port, `/events${query}`, headers);
  open.push(stream);
  expect(stream.status).toBe(200);
  // It has said where it begins: what is recorded from here on will come.
  await until(() => stream.lastId !== '');
  return stream;
}

async function acquire(name = 'Hoa Nguyễn'): Promise<string> {
  return (await system.http.post('/customers', aCustomer({ name }))).body.id;
}

describe('GET /events', () => {
  it('tells every event as it is recorded, from the end of the store on when nothing else is asked for', async () => {
    const before = await acquire();
    const stream = await listen();
    expect(stream.headers).toMatchObject({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const id = await acquire('Lan');
    const [message] = await stream.has(1);
    expect(message).toMatchObject({
      event: 'CustomerAcquired',
      data: {
        type: 'CustomerAcquired',
        streamId: `customer-${id}`,
        data: { name: 'Lan', partyKind: 'person' },
        metadata: { actor: { id: 'development', kind: 'employee' }, customerId: id, schemaVersion: 1 },
      },
    });
    expect(message!.data.position).toBe(message!.id);
    expect(JSON.stringify(stream.messages)).not.toContain(before);
    expect(message!.data.metadata).not.toHaveProperty('commandHash');
  });

  it('goes on after Last-Event-ID without a gap and without a repetition, however often it is cut', async () => {
    let stream = await listen();
    const ids: string[] = [];
    const seen: string[] = [];
    for (let round = 0; round < 5; round++) {
      const writing = Promise.all(Array.from({ length: 40 }, () => acquire()));
      await stream.has(10);
      stream.close();
      ids.push(...(await writing));
      seen.push(...stream.messages.map(({ data }) => String(data.metadata.customerId)));
      stream = await listen('', { lastEventId: stream.lastId });
    }
    await until(() => seen.length + stream.messages.length >= ids.length);
    seen.push(...stream.messages.map(({ data }) => String(data.metadata.customerId)));
    expect(seen).toHaveLength(ids.length);
    expect(new Set(seen)).toEqual(new Set(ids));
  });

  it('starts after a position, or at the beginning of the store', async () => {
    const { body } = await system.http.post('/customers', aCustomer());
    const next = await acquire();
    const stream = await listen(`?position=${body.position}`);
    expect((await stream.has(1))[0]!.data.metadata.customerId).toBe(next);
    const all = await listen('?position=beginning');
    const types = (await all.has(3)).map(({ event }) => event);
    expect(types).toContain('RulesPublished');
  });

  it('tells only the types and the customer that are asked for', async () => {
    const stream = await listen('?type=CustomerPurchased,CustomerAcquired');
    const { id } = (await system.http.post('/customers', aCustomer())).body;
    const ofOne = await listen(`?customer=${id}`);
    const other = await acquire();
    await system.http.post(`/customers/${id}/complaints`, { issue: 'Late', severity: 'low', channel: 'web' });
    await system.http.post(`/customers/${id}/purchases`, aPurchase(500));
    expect((await stream.has(3)).map(({ event }) => event)).toEqual([
      'CustomerAcquired',
      'CustomerAcquired',
      'CustomerPurchased',
    ]);
    expect((await ofOne.has(2)).map(({ event }) => event).slice(0, 2)).toEqual([
      'CustomerComplained',
      'CustomerPurchased',
    ]);
    expect(JSON.stringify(ofOne.messages)).not.toContain(other);
  });

  it.each([
    ['auditor', true],
    ['admin', true],
    ['agent', false],
    ['service', false],
    ['analyst', false],
  ] as const)('shows %s personal data: %s', async (role, shown) => {
    const stream = await listen('?type=CustomerAcquired', { role });
    const body = { ...aCustomer({ name: 'Trần Văn Sáu' }), reason: 'Sáu asked for it' };
    const { id } = (await system.http.post('/customers', body)).body;
    const [message] = await stream.has(1);
    expect(message!.data.data).toMatchObject({ partyKind: 'person', channel: 'web' });
    expect(message!.data.metadata.customerId).toBe(id);
    expect(JSON.stringify(message).includes('Sáu')).toBe(shown);
  });

  it('holds back for who reads slowly, and then tells everything in order', async () => {
    const stream = await listen();
    stream.pause();
    // More than the buffers of both ends of a connection hold.
    const count = 320;
    const description = 'x'.repeat(20_000);
    const { id } = (await system.http.post('/customers', aCustomer())).body;
    const writers = Array.from({ length: 16 }, async () => {
      for (let sent = 0; sent < count / 16; sent++) {
        await system.http.post(`/customers/${id}/complaints`, aComplaint({ description }));
      }
    });
    await Promise.all(writers);
    stream.resume();
    const positions = (await stream.has(count + 1)).map(({ id }) => Number(id));
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect(new Set(positions).size).toBe(count + 1);
  });

  it('ends soon after its key was revoked', async () => {
    const key = await keys.create({ name: 'short-lived', role: 'service' });
    const stream = await EventStream.open(system.http.port, '/events', { 'x-api-key': key });
    open.push(stream);
    await until(() => stream.lastId !== '');
    await keys.revoke('short-lived');
    await until(() => stream.hasEnded, 20_000);
    expect((await system.http.send('GET', '/events', undefined, { 'x-api-key': key })).status).toBe(401);
  });

  it.each([
    ['?position=1x', 'position'],
    ['?position=1&position=2', 'position'],
    ['?type=NoSuchEvent', 'type'],
    ['?customer=nobody', 'id'],
    ['?since=1', 'since'],
  ])('refuses %s and names %s', async (query, field) => {
    const { status, body } = await system.http.get(`/events${query}`);
    expect([status, body.errors?.[0]?.field]).toEqual([400, field]);
  });

  it('refuses a position beyond the end of the store, a Last-Event-ID of another feed, and an unknown customer', async () => {
    expect((await system.http.get('/events?position=999999999999999999')).body.type).toMatch('position-beyond-end');
    expect((await system.http.get('/events', { 'last-event-id': 'abc' })).status).toBe(400);
    expect((await system.http.get(`/events?customer=${newId()}`)).status).toBe(404);
  });

  it('never made the API fail', () => {
    expect(system.http.failures).toEqual([]);
  });
});
