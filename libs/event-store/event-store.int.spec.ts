import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import type { EventMetadata, Recorded } from '#contracts/envelope.js';
import { newId } from '#contracts/ids.js';
import { prepareDatabase } from '#platform/database/migrate.js';
import { createPool } from '#platform/database/pool.js';
import { type Servers, startServers } from '#testing/servers.js';
import type { NewEvent } from './codec.js';
import { connect, EventStore, NO_REVISION, WrongRevision } from './event-store.js';
import { PostgresPersonKeys } from './person-keys.js';
import { PersonalDataCipher } from './personal-data-cipher.js';

let servers: Servers;
let pool: Pool;
let store: EventStore;
const masterKey = randomBytes(32);

beforeAll(async () => {
  servers = await startServers({ only: ['event-store', 'postgres'] });
  await prepareDatabase(servers.databaseUrl);
  pool = createPool(servers.databaseUrl);
  store = connect(servers.eventStoreUrl, new PersonalDataCipher(new PostgresPersonKeys(pool, masterKey)));
});

afterAll(async () => {
  await store?.close();
  await pool?.end();
  await servers?.stop();
});

function acquired(customerId: string, name: string): NewEvent {
  const metadata: EventMetadata = {
    occurredAt: '2026-01-31T08:15:00Z',
    actor: { id: 'spec', kind: 'service' },
    correlationId: newId(),
    causationId: newId(),
    commandId: newId(),
    commandHash: 'hash',
    subject: { kind: 'customer', id: customerId },
    customerId,
    schemaVersion: 1,
  };
  const data = { partyKind: 'person', roles: ['endConsumer'], channel: 'web', name };
  return { eventId: newId(), event: { type: 'CustomerAcquired', data }, metadata };
}

describe('the event store adapter', () => {
  it('reads back an event as it was appended, with its place in the stream and in the store', async () => {
    const id = newId();
    const event = acquired(id, 'Hoa');
    const appended = await store.append(`customer-${id}`, NO_REVISION, [event]);
    const [read] = await store.load(`customer-${id}`);
    expect(appended.revision).toBe(0);
    expect(read).toMatchObject({
      ...event.event,
      eventId: event.eventId,
      streamId: `customer-${id}`,
      revision: 0,
      position: appended.position,
      metadata: event.metadata,
    });
    expect(await store.head()).toBe(appended.position);
  });

  it('keeps nothing of having looked where the store ends, and where it goes on', async () => {
    const id = newId();
    const last = await store.head();
    const { position } = await store.append(`customer-${id}`, NO_REVISION, [acquired(id, 'Hoa')]);
    await store.client.setStreamMetadata(`customer-${id}`, { seen: 'a system event' });
    const streams = (store.client as unknown as { disposableStreams: ReadonlySet<object> }).disposableStreams;
    const before = streams.size;
    for (let times = 0; times < 20; times += 1) {
      expect(await store.head()).toBe(position);
      expect(await store.end()).toBeGreaterThan(position);
      expect(await store.firstAfter(last)).toMatchObject({ position });
      expect(await store.firstAfter(position)).toBeUndefined();
    }
    expect(streams.size).toBe(before);
  });

  it('finds its last event and the next one behind any number of system events', async () => {
    const id = newId();
    const first = await store.append(`customer-${id}`, NO_REVISION, [acquired(id, 'Hoa')]);
    for (let n = 0; n < 5; n += 1) await store.client.setStreamMetadata(`customer-${id}`, { n });
    expect(await store.head()).toBe(first.position);
    const second = await store.append(`customer-${id}`, 0, [acquired(id, 'Lan')]);
    expect(await store.firstAfter(first.position)).toMatchObject({ position: second.position });
    expect(await store.firstAfter(undefined)).toBeDefined();
  });

  it('refuses an append at another revision than the expected one', async () => {
    const id = newId();
    await store.append(`customer-${id}`, NO_REVISION, [acquired(id, 'Hoa')]);
    await expect(store.append(`customer-${id}`, NO_REVISION, [acquired(id, 'Lan')])).rejects.toThrow(WrongRevision);
    await expect(store.append(`customer-${id}`, 4, [acquired(id, 'Lan')])).rejects.toThrow(WrongRevision);
  });

  it('finds no events in a stream that does not exist', async () => {
    expect(await store.load(`customer-${newId()}`)).toEqual([]);
  });

  it('stores personal data as ciphertext under a key of the person, and opens it on the way back', async () => {
    const id = newId();
    await store.append(`customer-${id}`, NO_REVISION, [acquired(id, 'Nguyễn Thị Hoa')]);
    for await (const { event } of store.client.readStream(`customer-${id}`)) {
      expect(JSON.stringify(event?.data)).not.toContain('Hoa');
      expect(event?.data).toMatchObject({ partyKind: 'person', name: { person: id } });
    }
    const [read] = await store.load(`customer-${id}`);
    expect(read?.data).toMatchObject({ name: 'Nguyễn Thị Hoa' });
  });

  it('leaves a field out when the key of its person was destroyed', async () => {
    const id = newId();
    await store.append(`customer-${id}`, NO_REVISION, [acquired(id, 'Hoa')]);
    await pool.query('delete from ops.person_keys where person_id = $1', [id]);
    const forgetful = connect(servers.eventStoreUrl, new PersonalDataCipher(new PostgresPersonKeys(pool, masterKey)));
    const [read] = await forgetful.load(`customer-${id}`);
    await forgetful.close();
    expect(read?.data).toEqual({ partyKind: 'person', roles: ['endConsumer'], channel: 'web', name: undefined });
  });

  it('has one key for a person, whichever process makes it and however many ask at once', async () => {
    const processes = [new PostgresPersonKeys(pool, masterKey), new PostgresPersonKeys(pool, masterKey)];
    const persons = Array.from({ length: 50 }, () => newId());
    const orders = [persons, [...persons].reverse()];
    const keys = await Promise.all(
      processes.map((keys, n) => Promise.all([...orders[n]!, ...persons].map((person) => keys.makeOrGet(person)))),
    );
    expect(keys[0]!.slice(50)).toEqual(keys[1]!.slice(50));
    expect(new Set(keys[0]!.map((key) => key.toString('hex'))).size).toBe(50);
  });

  it('makes no key for who was erased, and does make one for who asks at the same time', async () => {
    const [erased, other] = [newId(), newId()];
    await new PostgresPersonKeys(pool, masterKey).destroy([erased]);
    const keys = new PostgresPersonKeys(pool, masterKey);
    const [refusal, key] = await Promise.allSettled([keys.makeOrGet(erased), keys.makeOrGet(other)]);
    expect(refusal).toMatchObject({ status: 'rejected', reason: { name: 'PersonErased' } });
    expect(key).toMatchObject({ status: 'fulfilled' });
  });

  it('opens nothing more of who was erased, and of what belongs to them, also where another process was first', async () => {
    const [customer, complaint] = [newId(), newId()];
    const [one, other] = [new PostgresPersonKeys(pool, masterKey), new PostgresPersonKeys(pool, masterKey)];
    for (const person of [customer, complaint]) await one.makeOrGet(person);
    await other.destroy([customer], [{ person: complaint, customerId: customer }]);
    expect(new Set(await one.destroy([customer]))).toEqual(new Set([customer, complaint]));
    expect((await one.get([customer, complaint])).size).toBe(0);
  });

  it('cannot open what was sealed under another master key', async () => {
    const id = newId();
    await store.append(`customer-${id}`, NO_REVISION, [acquired(id, 'Hoa')]);
    const other = connect(servers.eventStoreUrl, new PersonalDataCipher(new PostgresPersonKeys(pool, randomBytes(32))));
    await expect(other.load(`customer-${id}`)).rejects.toThrow();
    await other.close();
  });

  it('is not started with another master key than the one that wrapped the keys', async () => {
    await new PostgresPersonKeys(pool, masterKey).verifyMasterKey();
    const wrong = new PostgresPersonKeys(pool, randomBytes(32));
    await expect(wrong.verifyMasterKey()).rejects.toThrow(/RAPPORT_MASTER_KEY is "\*\*\*": it is not the key/);
  });

  it('has no id as long as it was only looked for, and one for ever, whoever asks first', async () => {
    const isNew = process.env.EVENTSTORE_URL === undefined;
    if (isNew) expect([await store.existingStoreId(), await store.existingStoreId()]).toEqual([undefined, undefined]);
    const [a, b] = await Promise.all([store.storeId(newId()), store.storeId(newId())]);
    expect(a).toBe(b);
    expect(await store.storeId(newId())).toBe(a);
    expect(await store.existingStoreId()).toBe(a);
  });
});

describe('the history of a store', () => {
  it('is the same by HTTP/2 and by gRPC, from the beginning and after any position, without system events', async () => {
    const id = newId();
    for (let n = 0; n < 3; n += 1) await store.append(`customer-${id}`, n - 1, [acquired(id, `Hoa ${n}`)]);
    const overGrpc = new EventStore(
      store.client,
      new PersonalDataCipher(new PostgresPersonKeys(pool, masterKey)),
      false,
    );
    const read = async (from: EventStore, after?: bigint) => {
      const events: Recorded[] = [];
      for await (const batch of from.history(after)) events.push(...batch.events);
      await store.open(events);
      return events;
    };
    const all = await read(store);
    expect(all.slice(-3)).toMatchObject([0, 1, 2].map((n) => ({ revision: n, data: { name: `Hoa ${n}` } })));
    expect(all.filter(({ type }) => type.startsWith('$'))).toEqual([]);
    expect(await read(overGrpc)).toEqual(all);
    const loaded = await store.load(`customer-${id}`);
    // A hash that was sealed with the command's personal data is not opened: it is for commands alone.
    expect(all.slice(-3)).toEqual(
      loaded.map((event) => ({ ...event, metadata: { ...event.metadata, commandHash: '' } })),
    );
    for (const from of [store, overGrpc]) expect(await read(from, all.at(-3)!.position)).toEqual(all.slice(-2));
  });

  it('says so when the server is away', async () => {
    const away = connect(
      'esdb://127.0.0.1:1?tls=false',
      new PersonalDataCipher(new PostgresPersonKeys(pool, masterKey)),
    );
    const error = await away
      .history()
      .next()
      .catch((why: unknown) => why);
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    await away.close();
  });
});
