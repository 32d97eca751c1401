import { closeSync, cpSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';
import { CorruptRecord } from '../checked-record.js';
import { peek } from './spec-peek.js';
import { readAll, TestBroker } from './spec-support.js';
import { Store } from './store.js';
import { verify } from './verify.js';

const MESSAGES = 40;

describe('the broker’s data folder', () => {
  const broker = new TestBroker();

  beforeAll(async () => {
    await broker.start();
    const kafka = broker.kafka();
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 1 }] });
    await admin.setOffsets({ groupId: 'keeper', topic: 'kept', partitions: [{ partition: 0, offset: '7' }] });
    await admin.disconnect();
    const producer = kafka.producer({ transactionalId: 'keeper', idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    for (let i = 0; i < MESSAGES; i++) {
      const transaction = await producer.transaction();
      await transaction.send({ topic: 'kept', messages: [{ key: 'k', value: `message ${i}` }] });
      await (i % 2 === 0 ? transaction.commit() : transaction.abort());
    }
    await producer.disconnect();
  });
  afterAll(() => broker.remove());

  it('holds every acknowledged message after kill -9 and a restart', async () => {
    await broker.kill();
    await broker.start();
    const even = Array.from({ length: MESSAGES / 2 }, (_, i) => `message ${i * 2}`);
    expect((await peek(broker, 'kept')).map(({ value }) => value)).toEqual(even);
  });

  it('is refused to a second broker while the first one runs', async () => {
    const second = new TestBroker();
    await expect(second.start(broker.data)).rejects.toThrow(/is in use by another broker, process \d+/);
    rmSync(second.data, { recursive: true });
  });

  it('is left clean: the broker ends with code 0 and says so when its port is taken', async () => {
    const second = new TestBroker();
    second.port = broker.port;
    await expect(second.start()).rejects.toThrow(`Port ${broker.port} on 127.0.0.1 is taken`);
    rmSync(second.data, { recursive: true });
    expect(await broker.stop()).toBe(0);
  });

  it('is counted by verify', async () => {
    expect(await verify(broker.data)).toMatchObject({ topics: 1, records: MESSAGES, batches: MESSAGES * 2 });
    expect(await verify(broker.data)).toMatchObject({ groups: 1, transactionalIds: 1, partitions: 1 });
  });

  /** Changes one bit of the LMDB file at every place where these bytes stand. */
  const flip = (data: string, bytes: Buffer, bit = 0): number => {
    const file = join(data, 'data.mdb');
    const content = readFileSync(file);
    const descriptor = openSync(file, 'r+');
    let found = 0;
    for (let at = content.indexOf(bytes); at >= 0; at = content.indexOf(bytes, at + 1), found++)
      writeSync(descriptor, Buffer.from([content[at + (bit >> 3)]! ^ (1 << (bit & 7))]), 0, 1, at + (bit >> 3));
    closeSync(descriptor);
    return found;
  };

  it.each([
    ['a message', 'message 10'],
    ['a partition’s state', '"logEnd"'],
    ['a topic’s name', '"name":"kept"'],
    ['a group’s offset', '"offset":7'],
    ['a transaction’s state', '"transactionalId":"keeper"'],
    ['an aborted transaction', '"firstOffset":2,'],
    ['a producer’s state', '"firstSequence":'],
    ['the list of records', '"records":'],
    ['the key of a state record', 'transaction/keeper'],
    ['the key of a partition', 'partition/1/0'],
  ])('with a flipped bit in %s is corrupt to verify, and to the broker', async (_what, text) => {
    expect(flip(broker.data, Buffer.from(text))).toBeGreaterThan(0);
    await expect(verify(broker.data)).rejects.toThrow(/corrupt/);
    await expect(broker.start().then(() => peek(broker, 'kept'))).rejects.toThrow(/corrupt|answers error 2\./);
    await broker.stop();
    flip(broker.data, flipped(text));
    expect((await verify(broker.data)).records).toBe(MESSAGES);
  });

  const flipped = (text: string) => {
    const bytes = Buffer.from(text);
    bytes[0]! ^= 1;
    return bytes;
  };

  it('gives a consumer an error, not another message, for a flipped bit', async () => {
    flip(broker.data, Buffer.from('message 20'));
    await broker.start();
    await expect(readAll(broker.kafka(2), 'kept', () => false)).rejects.toThrow(/CRC|corrupt/i);
    expect(broker.stderr).toMatch(/corrupt/);
    await broker.stop();
    flip(broker.data, flipped('message 20'));
  });

  it('misses no record that is gone, and none that stands under another key', async () => {
    const data = mkdtempSync(join(tmpdir(), 'embedded-kafka-missing-'));
    for (const remove of [
      'batch',
      'last batch',
      'moved batch',
      'partition',
      'producer',
      'aborted',
      'group',
      'transaction',
    ]) {
      cpSync(broker.data, data, { recursive: true });
      await removeRecord(data, remove);
      await expect(verify(data)).rejects.toThrow(CorruptRecord);
      rmSync(data, { recursive: true });
    }
  });
});

/** Removes a record behind the back of the census, as a damaged page would. */
async function removeRecord(data: string, what: string) {
  const root = open({ path: data, noSubdir: false, encoding: 'binary' });
  const isBatch = what.endsWith('batch');
  const database = root.openDB({ name: isBatch ? 'batches' : 'state', encoding: 'binary' });
  const keys = [...database.getKeys()];
  const key = isBatch
    ? keys.at(what === 'last batch' ? -1 : 5)
    : keys.find((each) => String(each).startsWith(`${what}/`));
  expect(key).toBeDefined();
  const value = database.getBinary(key!)!;
  await database.remove(key!);
  if (what === 'moved batch') await database.put([1, 1, 5], value); // as with a flipped bit in the key
  await database.flushed;
  await root.close();
}

describe('the store', () => {
  it('writes what is queued in one stretch together, in the last state that it has by then', async () => {
    const data = mkdtempSync(join(tmpdir(), 'embedded-kafka-store-'));
    const store = new Store(data);
    expect(store.load().size).toBe(0);
    const state = { count: 1 };
    store.putState('a/1', state);
    state.count = 2;
    store.putBatch([1, 0, 5], Buffer.from('batch'));
    await store.flushed();
    await store.close();
    const again = new Store(data, { readOnly: true });
    expect([...again.load()]).toEqual([['a/1', { count: 2 }]]);
    expect([...again.batches(1, 0, 0)]).toEqual([{ key: [1, 0, 5], payload: Buffer.from('batch') }]);
    await again.close();
    rmSync(data, { recursive: true });
  });
});
