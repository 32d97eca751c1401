import { Kafka, logLevel } from 'kafkajs';
import { commandHash } from '#commands/command-meta.js';
import { CustomerAcquired } from '#contracts/customer.events.js';
import type { Recorded } from '#contracts/envelope.js';
import { derivedId, newId } from '#contracts/ids.js';
import {
  BUSINESS_EVENTS_TOPIC,
  CUSTOMER_360_TOPIC,
  CUSTOMER_EVENTS_TOPIC,
  LOYALTY_LEVEL_TOPIC,
} from '#contracts/topics.js';
import { connect } from '#event-store/event-store.js';
import { PersonalDataCipher } from '#event-store/personal-data-cipher.js';
import { PersonKeysInMemory } from '#testing/command-process.js';
import { until } from '#testing/spec-worker.js';
import { ApiKeys } from '../auth/api-keys.js';
import { aComplaint, aCustomer, aPurchase, aRisk } from '../testing/requests.js';
import { RunningSystem } from '../testing/running-system.js';

/** Nobody else is called that, here or anywhere. */
const NAME = 'Quỳnh Thanh Vũ Hoàng-Ælfgifu';
const ALL_TOPICS = [CUSTOMER_EVENTS_TOPIC, BUSINESS_EVENTS_TOPIC, CUSTOMER_360_TOPIC, LOYALTY_LEVEL_TOPIC];
const STORY = 'My neighbour Zdzisława saw it too';
const reason = 'Asked for by the person';

let system: RunningSystem;

beforeAll(async () => {
  system = await RunningSystem.start();
}, 90_000);

afterAll(async () => {
  await system?.stop();
});

const post = (path: string, body: object, headers = {}) => system.http.post(path, body, headers);

async function view360(id: string, position: string): Promise<Record<string, unknown>> {
  const path = `/customers/${id}/360?position=${position}&settled=true`;
  return (await system.http.get<Record<string, unknown>>(path)).body;
}

/** Everything that the store holds, as it stands there. */
async function wholeLog(): Promise<string> {
  const parts: string[] = [];
  for await (const { event } of system.store.client.readAll()) {
    if (event) parts.push(event.id, JSON.stringify(event.data), JSON.stringify(event.metadata));
  }
  return parts.join('\n');
}

/** Every row of every table of both schemas, as text. */
async function wholeDatabase(): Promise<string> {
  const { rows: tables } = await system.pool.query<{ name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('ops', 'views')",
  );
  const parts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await system.pool.query<{ row: string }>(`select t::text as row from ${name} as t`);
    parts.push(...rows.map(({ row }) => row));
  }
  return parts.join('\n');
}

async function wholeTopics(atLeast: number): Promise<string> {
  const kafka = new Kafka({ brokers: system.servers.kafkaBrokers, logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: newId() });
  const parts: string[] = [];
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: ALL_TOPICS, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        parts.push(`${message.value}\n${JSON.stringify(message.headers, (_, value) => value?.toString?.() ?? value)}`);
      },
    });
    await until(() => parts.length >= atLeast);
  } finally {
    await consumer.disconnect();
  }
  return parts.join('\n');
}

/** A customer with a story, and the body of the request that made them. */
async function aPerson() {
  const acquisition = { ...aCustomer({ name: NAME }), occurredAt: '2026-01-01T00:00:00Z' };
  const key = newId();
  const { id } = (await post('/customers', acquisition, { 'idempotency-key': key })).body;
  await post(`/customers/${id}/complaints`, aComplaint({ description: STORY }));
  return { id, acquisition, key };
}

describe('erasing a customer', () => {
  it('leaves nothing of them in the log, the views and the topics, and everything else as it was', async () => {
    const { id } = await aPerson();
    const bought = await post(`/customers/${id}/purchases`, aPurchase(700));
    const before = await view360(id, bought.body.position);
    expect(before).toMatchObject({ name: NAME, purchases: 1, complaints: 1 });
    expect(await wholeDatabase()).toContain(NAME);

    const erased = await post(`/customers/${id}/erase`, { reason });
    expect([erased.status, erased.body.id]).toEqual([200, id]);
    const after = await view360(id, erased.body.position);
    const erasure = { erased: true, erasedAt: expect.any(String) };
    expect(after).toEqual({ ...before, ...erasure, name: null, position: expect.anything() });

    const log = await wholeLog();
    const database = await wholeDatabase();
    for (const text of [log, database]) {
      expect(text).not.toContain(NAME);
      expect(text).not.toContain(STORY);
      expect(text).toContain(id);
    }
    const appended = (await system.store.load(`customer-${id}`)).length;
    const topics = await wholeTopics(appended);
    expect(topics).not.toContain(NAME);
    expect(topics).not.toContain(STORY);

    const { rows } = await system.pool.query('select wrapped from ops.person_keys where person_id = $1', [id]);
    expect(rows).toEqual([{ wrapped: null }]);
  });

  it('takes what they said when they returned something, disputed, declined and left, which no analyst ever saw', async () => {
    const { id } = await aPerson();
    const { body: bought } = await post(`/customers/${id}/purchases`, aPurchase(700));
    const { body: cancelled } = await post(`/customers/${id}/purchases`, aPurchase(700));
    const { body: told } = await post(`/customers/${id}/complaints`, aComplaint());
    const offer = { terms: '10 %', treatment: 'oneToOne', expiresAt: '2099-01-01T00:00:00Z' };
    await post(`/customers/${id}/churn-risk`, aRisk());
    const { offerId } = (await post(`/customers/${id}/retention-offers`, offer)).body as unknown as { offerId: string };
    const line = { lineId: '1', quantity: 1, refund: 350 };
    const steps: [string, object][] = [
      [`/purchases/${bought.id}/returns`, { lines: [line], refund: 350, reason: STORY }],
      [`/purchases/${cancelled.id}/cancel`, { reason: STORY }],
      [`/customers/${id}/returns`, { currency: 'USD', lines: [{ quantity: 1, refund: 1 }], refund: 1, reason: STORY }],
      [`/complaints/${told.id}/wait`, { question: STORY }],
      [`/complaints/${told.id}/resolve`, { outcome: 'explanation' }],
      [`/complaints/${told.id}/tell`, { channel: 'phone' }],
      [`/complaints/${told.id}/dispute`, { reason: STORY }],
      [`/complaints/${told.id}/reopen`, { reason: STORY }],
      [`/customers/${id}/retention-offers/decline`, { offerId, reason: STORY }],
      [`/customers/${id}/churn`, { how: 'voluntary', reason: STORY }],
    ];
    let position = '';
    for (const [path, body] of steps) {
      const answer = await post(path, body);
      expect([path, [200, 201].includes(answer.status), answer.text]).toEqual([path, true, expect.anything()]);
      position = answer.body.position;
    }
    const analyst = await new ApiKeys(system.pool).create({ name: 'spec-analyst', role: 'analyst' });
    const history = `/customers/${id}/history?position=${position}&settled=true&limit=500`;
    const seen = async (headers = {}) => (await system.http.get(history, headers)).text.split(STORY).length - 1;
    const personal = steps.filter(([, body]) => JSON.stringify(body).includes(STORY)).length + 1;
    expect(await seen()).toBe(personal);
    expect(await seen({ authorization: `Bearer ${analyst}` })).toBe(0);

    const { body: erased } = await post(`/customers/${id}/erase`, { reason });
    await view360(id, erased.position);
    expect(await seen()).toBe(0);
    for (const text of [await wholeLog(), await wholeDatabase()]) expect(text).not.toContain(STORY);
  });

  it('gives the same rows when the views are made again from the log', async () => {
    const { id } = await aPerson();
    const { position } = (await post(`/customers/${id}/erase`, { reason })).body;
    const before = await view360(id, position);
    await system.restartWorker(() => system.pool.query('drop schema views cascade'));
    const after = await view360(id, position);
    expect(after).toEqual(before);
    expect(after.name).toBeNull();
    expect(await wholeDatabase()).not.toContain(NAME);
  });

  it('lets nobody confirm a guess: hash and id of each event need a key that is gone', async () => {
    const { id, acquisition, key } = await aPerson();
    /** What the id of the first event would be, made from the log and a guess of what the request said. */
    const guessed = async (streamId: string, body: typeof acquisition) => {
      const [{ metadata }] = (await system.store.load(streamId)) as [Recorded];
      const { occurredAt, ...data } = body;
      const hash = commandHash({ command: { type: 'AcquireCustomer', ...data }, occurredAt }, streamId);
      const content = JSON.stringify(Object.assign(new CustomerAcquired(), data));
      return { hash, eventId: derivedId('event', metadata.commandId, hash, '0', content) };
    };
    const { name: _, ...anonymous } = acquisition;
    const unnamed = (await post('/customers', anonymous)).body.id;
    const right = await guessed(`customer-${unnamed}`, anonymous as typeof acquisition);
    expect(await wholeLog()).toContain(right.eventId);
    const wrong = await guessed(`customer-${id}`, acquisition);
    expect(await wholeLog()).not.toContain(wrong.eventId);
    expect(await wholeLog()).not.toContain(wrong.hash);

    const guesser = connect(system.servers.eventStoreUrl, new PersonalDataCipher(new PersonKeysInMemory()));
    await post(`/customers/${id}/erase`, { reason });
    const [read] = await guesser.load(`customer-${id}`);
    await guesser.close();
    expect(read!.metadata.commandHash).toBe('');
    // The same command again is still known by its key, though nobody can tell any more what it said.
    const again = await post('/customers', acquisition, { 'idempotency-key': key });
    expect([again.status, again.body.id, again.body.revision]).toEqual([201, id, 0]);
  });

  it('happens once, however often it is asked for', async () => {
    const { id } = await aPerson();
    const first = (await post(`/customers/${id}/erase`, { reason })).body;
    const second = await post(`/customers/${id}/erase`, { reason: 'Once more' });
    expect([second.status, second.body.revision]).toEqual([200, first.revision]);
    const types = (await system.store.load(`customer-${id}`)).map(({ type }) => type);
    expect(types.filter((type) => type === 'CustomerErased')).toHaveLength(1);
  });

  it('is for ever: what holds personal data is refused, what holds none is taken', async () => {
    const { id } = await aPerson();
    await post(`/customers/${id}/erase`, { reason });
    const told = await post(`/customers/${id}/complaints`, aComplaint({ description: STORY }));
    expect([told.status, told.body.rule]).toEqual([409, 'customer-erased']);
    expect((await post(`/customers/${id}/complaints`, aComplaint())).status).toBe(201);
    const bought = await post(`/customers/${id}/purchases`, aPurchase(100));
    expect(bought.status).toBe(201);
    expect(await view360(id, bought.body.position)).toMatchObject({ name: null, purchases: 1 });
    expect(await wholeLog()).not.toContain(STORY);
  });

  it('is the end of what ties them to others: nobody is merged, linked or named elsewhere any more', async () => {
    const [erased, living] = [await aPerson(), await aPerson()];
    await post(`/customers/${erased.id}/erase`, { reason });
    const refused = [
      post(`/customers/${erased.id}/merge`, { absorbedId: living.id }),
      post(`/customers/${living.id}/merge`, { absorbedId: erased.id }),
      post(`/customers/${erased.id}/parties`, { relation: 'householdOf', otherCustomerId: living.id }),
      post(`/customers/${living.id}/parties`, { relation: 'householdOf', otherCustomerId: erased.id }),
      post(`/customers/${erased.id}/external-identities`, { identity: { system: 'shop', id: 'after-erasure' } }),
    ];
    for (const { status, body } of await Promise.all(refused)) {
      expect([status, body.rule]).toEqual([409, 'customer-erased']);
    }
    const free = await post('/customers', aCustomer({ externalIdentity: { system: 'shop', id: 'after-erasure' } }));
    expect(free.status).toBe(201);
    const types = (await system.store.load(`customer-${living.id}`)).map(({ type }) => type);
    expect(types.filter((type) => type === 'CustomersMerged' || type === 'PartyLinked')).toEqual([]);
  });

  it('leaves nothing by which they could be somebody else’s duplicate, and that is the answer', async () => {
    const { id } = await aPerson();
    const { position } = (await post(`/customers/${id}/erase`, { reason })).body;
    const { status, body } = await system.http.get<object>(`/customers/${id}/duplicates?position=${position}`);
    expect([status, body]).toEqual([200, { pairs: [], position: expect.any(String) }]);
    expect((await system.http.get(`/customers/${newId()}/duplicates?position=${position}`)).status).toBe(404);
  });

  it('of a record from outside is for ever too: it is not made again when it is imported again', async () => {
    const record = aCustomer({ name: NAME, externalIdentity: { system: 'shop', id: 'erased-1' } });
    const { id } = (await post('/customers', record)).body;
    await post('/customers/shop:erased-1/erase', { reason });
    const again = await post('/customers', record);
    expect([again.status, again.body.rule]).toEqual([409, 'customer-erased']);
    expect(await system.store.load(`customer-${id}`)).toHaveLength(2);
  });

  it('that ended between the event and the key is finished by the worker', async () => {
    const { id } = await aPerson();
    // Nobody else may append in between: the second time for what policies made of what policies had appended.
    for (let times = 0; times < 2; times += 1) await system.http.get(`/customers/${id}/360?settled=true`);
    const events = await system.store.load(`customer-${id}`);
    const [first] = events;
    const data = { reason };
    const metadata = { ...first!.metadata, commandId: newId(), commandHash: 'hash' };
    const event = { eventId: newId(), event: { type: 'CustomerErased', data }, metadata };
    const { position } = await system.store.append(`customer-${id}`, events.length - 1, [event]);
    expect((await view360(id, String(position))).name).toBeNull();
    const { rows } = await system.pool.query('select wrapped from ops.person_keys where person_id = $1', [id]);
    expect(rows).toEqual([{ wrapped: null }]);
  });

  it('of one of a merged pair left the other half readable', async () => {
    const [survivor, absorbed] = [await aPerson(), await aPerson()];
    const merged = await post(`/customers/${survivor.id}/merge`, { absorbedId: absorbed.id });
    expect(merged.status).toBe(200);
    await system.http.get(`/customers/${survivor.id}/360?settled=true`);
    const { body } = await post(`/customers/${absorbed.id}/erase`, { reason });
    const { rows } = await system.pool.query(
      'select person_id from ops.person_keys where wrapped is null and person_id = any($1)',
      [[survivor.id, absorbed.id]],
    );
    expect(rows).toHaveLength(2);
    const path = `/customers/${survivor.id}/360?position=${body.position}&settled=true`;
    expect((await system.http.get<{ name: string | null }>(path)).body.name).toBeNull();
  });

  it('of nobody is a 404, and needs a reason', async () => {
    expect((await post(`/customers/${newId()}/erase`, { reason })).status).toBe(404);
    const { id } = await aPerson();
    const { status, body } = await post(`/customers/${id}/erase`, {});
    expect([status, body.errors?.[0]?.field]).toEqual([400, 'reason']);
  });

  it('never made the API fail', () => {
    expect(system.http.failures).toEqual([]);
  });
});
