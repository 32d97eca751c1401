import type { Admin, Kafka, Message } from 'kafkajs';
import { peek } from './spec-peek.js';
import { TestBroker, until } from './spec-support.js';
import { verify } from './verify.js';

const END = 'end';

describe('compaction', () => {
  const broker = new TestBroker();
  let kafka: Kafka;
  let admin: Admin;

  beforeAll(async () => {
    await broker.start();
    kafka = broker.kafka();
    admin = kafka.admin();
    await admin.connect();
  });
  afterAll(async () => {
    await admin.disconnect();
    await broker.stop();
    expect((await verify(broker.data)).records).toBeGreaterThan(0);
    await broker.remove();
  });

  const create = (topic: string, configs: Record<string, string> = {}) => {
    const all = {
      'cleanup.policy': 'compact',
      'segment.bytes': '300',
      'min.cleanable.dirty.ratio': '0.01',
      ...configs,
    };
    const configEntries = Object.entries(all).map(([name, value]) => ({ name, value }));
    return admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }] });
  };
  const send = async (topic: string, batches: Message[][], compression = 0) => {
    const producer = kafka.producer();
    await producer.connect();
    for (const messages of batches) await producer.send({ topic, messages, compression });
    await producer.disconnect();
  };
  /** Records of their own, so that the ones before lie in closed segments. */
  const close = (topic: string) =>
    send(
      topic,
      Array.from({ length: 4 }, () => [{ key: END, value: END.repeat(60) }]).concat([[{ key: END, value: END }]]),
    );
  const read = async (topic: string, readCommitted = true, from = 0) =>
    (await peek(broker, topic, readCommitted, from))
      .filter(({ key }) => key !== END)
      .map(({ offset, key, value }) => `${offset} ${key}=${value}`);
  /** Reads until what is there is what is expected; how long cleaning takes is the broker's business. */
  const settles = (topic: string, expected: string[]) =>
    until(async () => ((await read(topic)).join() === expected.join() ? true : undefined));

  it.each([0, 1])('keeps the last record of each key with its offset (compression %i)', async (compression) => {
    const topic = `last.${compression}`;
    await create(topic);
    const batch = (value: string) => ['a', 'b', 'c'].map((key) => ({ key, value }));
    await send(topic, [batch('1'), batch('2'), [{ key: 'a', value: '3' }]], compression);
    await close(topic);
    await settles(topic, ['4 b=2', '5 c=2', '6 a=3']);
  });

  it('keeps a tombstone for delete.retention.ms and drops it afterwards', async () => {
    await create('tombstones', { 'delete.retention.ms': '3600000' });
    await create('forgotten', { 'delete.retention.ms': '0' });
    for (const topic of ['tombstones', 'forgotten']) {
      await send(topic, [[{ key: 'a', value: '1' }], [{ key: 'b', value: '1' }], [{ key: 'a', value: null }]]);
      await close(topic);
    }
    await settles('tombstones', ['1 b=1', '2 a=null']);
    await settles('forgotten', ['1 b=1']);
  });

  it('cleans what has waited for max.compaction.lag.ms, however little it is', async () => {
    await create('overdue', { 'min.cleanable.dirty.ratio': '1', 'max.compaction.lag.ms': '50' });
    await send('overdue', [[{ key: 'a', value: '1' }], [{ key: 'a', value: '2' }]]);
    await close('overdue');
    await settles('overdue', ['1 a=2']);
    await send('overdue', [[{ key: 'a', value: '3' }]]);
    await close('overdue');
    await settles('overdue', ['7 a=3']);
  });

  it('drops records of aborted transactions, and the markers', async () => {
    await create('aborted');
    const producer = kafka.producer({ transactionalId: 'compaction', idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    for (const [value, commits] of [
      ['1', true],
      ['2', false],
      ['3', false],
    ] as const) {
      const transaction = await producer.transaction();
      await transaction.send({ topic: 'aborted', messages: [{ key: 'a', value }] });
      await (commits ? transaction.commit() : transaction.abort());
    }
    await producer.disconnect();
    await close('aborted');
    await settles('aborted', ['0 a=1']);
    await until(async () => ((await read('aborted', false)).join() === '0 a=1' ? true : undefined));
    await close('aborted'); // the markers of aborted transactions go with a later cleaning
    await settles('aborted', ['0 a=1']);
  });

  it('does not reach into an open transaction', async () => {
    await create('open');
    await send('open', [[{ key: 'a', value: '1' }], [{ key: 'a', value: '2' }]]);
    await close('open');
    const producer = kafka.producer({ transactionalId: 'open', idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic: 'open', messages: [{ key: 'a', value: '3' }] });
    await send('open', [[{ key: 'a', value: '4' }]]);
    await close('open');
    // Before the transaction it was cleaned, from there on nothing is.
    const all = async () => (await read('open', false)).join();
    await until(async () => ((await all()) === '1 a=2,7 a=3,8 a=4' ? true : undefined));
    await transaction.commit();
    await close('open');
    await settles('open', ['8 a=4']);
    await producer.disconnect();
  });

  it('leaves every offset readable from', async () => {
    await create('gaps');
    await send(
      'gaps',
      Array.from({ length: 30 }, (_, i) => [{ key: 'a', value: String(i) }]),
    );
    await close('gaps');
    await settles('gaps', ['29 a=29']);
    for (const from of [0, 13, 29]) expect(await read('gaps', true, from)).toEqual(['29 a=29']);
  });

  it('leaves of each key what was committed last, with kill -9 while it cleans', async () => {
    await create('model', { 'segment.bytes': '3000', 'delete.retention.ms': '0' });
    const model = new Map<string, string | null>();
    for (let round = 0; round < 4; round++) {
      const producer = kafka.producer({ transactionalId: 'model', idempotent: true, maxInFlightRequests: 1 });
      await producer.connect();
      for (let i = round * 25; i < (round + 1) * 25; i++) {
        const key = `k${(i * 7) % 11}`;
        const value = i % 6 === 0 ? null : `${i}`;
        const transaction = await producer.transaction();
        const messages = [0, 1, 2].map((n) => ({ key, value: n < 2 ? 'x'.repeat(60) : value }));
        await transaction.send({ topic: 'model', messages, compression: i % 2 });
        if (i % 4 === 3) await transaction.abort();
        else {
          await transaction.commit();
          model.set(key, value);
        }
      }
      await broker.kill();
      expect((await verify(broker.data)).topics).toBeGreaterThan(0);
      await broker.start();
      await producer.disconnect();
      const last = new Map((await peek(broker, 'model')).map(({ key, value }) => [key!, value]));
      for (const [key, value] of model) expect([key, last.get(key) ?? null]).toEqual([key, value]);
    }
    await until(async () => ((await peek(broker, 'model')).length < 60 ? true : undefined));
  });
});
