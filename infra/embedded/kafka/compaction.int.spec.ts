import type { Admin, EachMessagePayload, Kafka, Message } from 'kafkajs';
import { readAll, TestBroker, until } from './spec-support.js';
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
  const read = async (topic: string, readUncommitted = false) => {
    const isEnd = ({ message }: EachMessagePayload) => String(message.value) === END;
    const all = await readAll(kafka, topic, (messages) => isEnd(messages.at(-1)!), { readUncommitted });
    return all
      .filter(({ message }) => String(message.key) !== END)
      .map(({ message }) => `${message.offset} ${message.key}=${message.value}`);
  };
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
    await until(async () => ((await read('aborted', true)).join() === '0 a=1' ? true : undefined));
    await close('aborted'); // the markers of aborted transactions go with a later cleaning
    await settles('aborted', ['0 a=1']);
  });

  it('does not reach into an open transaction', async () => {
    await create('open');
    await create('other');
    await send('open', [[{ key: 'a', value: '1' }], [{ key: 'a', value: '2' }]]);
    await close('open');
    const producer = kafka.producer({ transactionalId: 'open', idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic: 'open', messages: [{ key: 'a', value: '3' }] });
    await send('open', [[{ key: 'a', value: '4' }]]);
    await close('open');
    await until(async () => {
      const all = await readAll(
        kafka,
        'open',
        (m) => m.filter((each) => String(each.message.value) === END).length === 2,
        {
          readUncommitted: true,
        },
      );
      const kept = all.filter(({ message }) => String(message.key) === 'a').map(({ message }) => String(message.value));
      return kept.join() === '2,3,4' ? true : undefined; // 2 only: before the transaction it was cleaned
    });
    await transaction.commit();
    await close('open');
    await settles('open', ['9 a=4']);
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
    for (const offset of ['0', '13', '29']) {
      await admin.setOffsets({ groupId: `from-${offset}`, topic: 'gaps', partitions: [{ partition: 0, offset }] });
      const groupId = `from-${offset}`;
      const [first] = await readAll(kafka, 'gaps', (all) => all.length > 0, { groupId });
      expect(first!.message.offset).toBe('29');
    }
  });
});
