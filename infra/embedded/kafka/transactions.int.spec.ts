import type { Admin, Kafka, Producer } from 'kafkajs';
import { testBatch } from './spec-batch.js';
import { readAll, TestBroker, until } from './spec-support.js';

const [PRODUCE, LIST_OFFSETS, INIT_PRODUCER_ID, ADD_PARTITIONS, ADD_OFFSETS, END_TXN, TXN_OFFSET_COMMIT] = [
  0, 2, 22, 24, 25, 26, 28,
];
const [READ_UNCOMMITTED, READ_COMMITTED] = [0, 1];

describe('transactions', () => {
  const broker = new TestBroker();
  let kafka: Kafka;
  let admin: Admin;
  const open: Producer[] = [];

  beforeAll(async () => {
    await broker.start();
    kafka = broker.kafka();
    admin = kafka.admin();
    await admin.connect();
  });
  afterEach(async () => {
    for (const producer of open.splice(0)) await producer.disconnect();
  });
  afterAll(async () => {
    await admin.disconnect();
    await broker.remove();
  });

  const producerFor = async (transactionalId: string, transactionTimeout = 60_000) => {
    const producer = kafka.producer({ transactionalId, idempotent: true, maxInFlightRequests: 1, transactionTimeout });
    await producer.connect();
    open.push(producer);
    return producer;
  };
  const messages = (...values: string[]) => values.map((value) => ({ key: 'k', value }));
  const values = async (topic: string, last: string, readUncommitted = false) =>
    (await readAll(kafka, topic, (all) => String(all.at(-1)!.message.value) === last, { readUncommitted })).map(
      ({ message }) => String(message.value),
    );

  it('show committed messages to read_committed, aborted ones only to read_uncommitted', async () => {
    await admin.createTopics({ topics: [{ topic: 'visible', numPartitions: 1 }] });
    const producer = await producerFor('visible');
    for (const [value, commits] of [
      ['a', true],
      ['b', false],
      ['c', true],
    ] as const) {
      const transaction = await producer.transaction();
      await transaction.send({ topic: 'visible', messages: messages(value) });
      await (commits ? transaction.commit() : transaction.abort());
    }
    expect(await values('visible', 'c')).toEqual(['a', 'c']);
    expect(await values('visible', 'c', true)).toEqual(['a', 'b', 'c']);
  });

  it('hold back what comes after an open one, until it ends (last stable offset)', async () => {
    await admin.createTopics({ topics: [{ topic: 'stable', numPartitions: 1 }] });
    const producer = await producerFor('stable');
    const transaction = await producer.transaction();
    await transaction.send({ topic: 'stable', messages: messages('inside') });
    const other = kafka.producer();
    await other.connect();
    await other.send({ topic: 'stable', messages: messages('after') });
    expect(await latest('stable', READ_UNCOMMITTED)).toBe(2);
    expect(await latest('stable', READ_COMMITTED)).toBe(0);
    await transaction.commit();
    expect(await values('stable', 'after')).toEqual(['inside', 'after']);
    expect(await latest('stable', READ_COMMITTED)).toBe(3); // the marker takes an offset
    await other.disconnect();
  });

  const latest = async (topic: string, isolationLevel: number) => {
    const answer = (await broker.request(LIST_OFFSETS, 2, (body) => {
      body.int32(-1).int8(isolationLevel);
      return body.array([0], () => body.string(topic).array([0], (index) => body.int32(index).int64(-1)));
    }))!;
    answer.int32();
    const offset = () => [answer.int32(), answer.int16(), answer.int64(), answer.int64()][3];
    return answer.array(() => [answer.string(), answer.array(offset)[0]])[0]![1];
  };

  it('fence an older producer with the same transactional id: it fails with 47, its transaction is aborted', async () => {
    await admin.createTopics({ topics: [{ topic: 'fenced', numPartitions: 1 }] });
    const old = await producerFor('fenced');
    const transaction = await old.transaction();
    await transaction.send({ topic: 'fenced', messages: messages('old') });
    const young = await producerFor('fenced');
    const next = await young.transaction();
    await next.send({ topic: 'fenced', messages: messages('young') });
    await expect(transaction.send({ topic: 'fenced', messages: messages('late') })).rejects.toMatchObject({ code: 47 });
    await expect(transaction.commit()).rejects.toMatchObject({ code: 47 });
    await next.commit();
    expect(await values('fenced', 'young')).toEqual(['young']);
  });

  it('that are abandoned are aborted after their timeout, and their producer is fenced', async () => {
    await admin.createTopics({ topics: [{ topic: 'abandoned', numPartitions: 1 }] });
    const producer = await producerFor('abandoned', 100);
    const transaction = await producer.transaction();
    await transaction.send({ topic: 'abandoned', messages: messages('lost') });
    await until(async () => ((await latest('abandoned', READ_COMMITTED)) === 2 ? true : undefined)); // the marker
    await expect(transaction.commit()).rejects.toMatchObject({ code: 47 });
  });

  it('commit group offsets with their messages, and drop them with an abort', async () => {
    await admin.createTopics({ topics: [{ topic: 'positions', numPartitions: 1 }] });
    const producer = await producerFor('positions');
    const fetchOffset = async () =>
      (await admin.fetchOffsets({ groupId: 'copier', topics: ['positions'] }))[0]!.partitions[0]!.offset;
    for (const [offset, commits] of [
      ['5', true],
      ['9', false],
    ] as const) {
      const transaction = await producer.transaction();
      await transaction.send({ topic: 'positions', messages: messages('x') });
      const topics = [{ topic: 'positions', partitions: [{ partition: 0, offset }] }];
      await transaction.sendOffsets({ consumerGroupId: 'copier', topics });
      expect(await fetchOffset()).toBe(commits ? '-1' : '5');
      await (commits ? transaction.commit() : transaction.abort());
      expect(await fetchOffset()).toBe('5');
    }
  });

  describe('by their error codes', () => {
    const init = async (transactionalId: string, timeout = 1000) => {
      const answer = (await broker.request(INIT_PRODUCER_ID, 1, (body) =>
        body.nullableString(transactionalId).int32(timeout),
      ))!;
      answer.int32();
      return { error: answer.int16(), producerId: answer.int64(), epoch: answer.int16() };
    };
    const end = async (id: string, producerId: number, epoch: number, commit = true) => {
      const answer = (await broker.request(END_TXN, 1, (body) =>
        body.string(id).int64(producerId).int16(epoch).boolean(commit),
      ))!;
      answer.int32();
      return answer.int16();
    };
    const add = async (id: string, producerId: number, epoch: number, topics: string[]) => {
      const answer = (await broker.request(ADD_PARTITIONS, 1, (body) => {
        body.string(id).int64(producerId).int16(epoch);
        return body.array(topics, (topic) => body.string(topic).array([0], (index) => body.int32(index)));
      }))!;
      answer.int32();
      return answer.array(() => [answer.string(), answer.array(() => [answer.int32(), answer.int16()][1])]);
    };
    const produce = async (id: string | null, topic: string, batch: Buffer) => {
      const answer = (await broker.request(PRODUCE, 3, (body) => {
        body.nullableString(id).int16(-1).int32(1000);
        return body.array([0], () => body.string(topic).array([0], (index) => body.int32(index).bytes(batch)));
      }))!;
      answer.int32();
      answer.string();
      answer.int32();
      answer.int32();
      return answer.int16();
    };

    beforeAll(() => admin.createTopics({ topics: [{ topic: 'codes', numPartitions: 1 }] }));

    it('raise the epoch with each start, and refuse a timeout that is too long (50) or an empty id (42)', async () => {
      const first = await init('codes');
      expect(await init('codes')).toEqual({ ...first, epoch: 1 });
      expect(await init('codes', 900_001)).toMatchObject({ error: 50 });
      expect(await init('')).toMatchObject({ error: 42 });
    });

    it('refuse another producer id (49), another epoch (47) and an end without a beginning (48)', async () => {
      const { producerId, epoch } = await init('ends');
      expect(await end('ends', producerId + 100, epoch)).toBe(49);
      expect(await end('unknown', producerId, epoch)).toBe(49);
      expect(await end('ends', producerId, epoch + 1)).toBe(47);
      expect(await end('ends', producerId, epoch)).toBe(48);
      await add('ends', producerId, epoch, ['codes']);
      expect(await end('ends', producerId, epoch)).toBe(0);
      expect(await end('ends', producerId, epoch)).toBe(0); // asked again
      expect(await end('ends', producerId, epoch, false)).toBe(48);
    });

    it('follow one another without a CONCURRENT_TRANSACTIONS', async () => {
      const { producerId, epoch } = await init('quick');
      for (let i = 0; i < 20; i++) {
        expect(await add('quick', producerId, epoch, ['codes'])).toEqual([['codes', [0]]]);
        expect(await end('quick', producerId, epoch, i % 2 === 0)).toBe(0);
      }
    });

    it('take no batch for a partition that was not added (INVALID_TXN_STATE, 48)', async () => {
      const { producerId, epoch } = await init('adds');
      const batch = () =>
        testBatch([{ key: 'k', value: 'v' }], { producerId, epoch, sequence: 0, transactional: true });
      expect(await produce('adds', 'codes', batch())).toBe(48);
      expect(await produce(null, 'codes', batch())).toBe(48);
      expect(await add('adds', producerId, epoch, ['codes'])).toEqual([['codes', [0]]]);
      expect(await produce('adds', 'codes', batch())).toBe(0);
      expect(await end('adds', producerId, epoch, false)).toBe(0);
    });

    it('add all partitions or none (3 and OPERATION_NOT_ATTEMPTED, 55)', async () => {
      const { producerId, epoch } = await init('all');
      expect(await add('all', producerId, epoch, ['codes', 'missing'])).toEqual([
        ['codes', [55]],
        ['missing', [3]],
      ]);
    });

    it('take offsets only for groups that were added (48)', async () => {
      const { producerId, epoch } = await init('offsets');
      const commit = async () => {
        const answer = (await broker.request(TXN_OFFSET_COMMIT, 0, (body) => {
          body.string('offsets').string('g').int64(producerId).int16(epoch);
          return body.array([0], () =>
            body.string('codes').array([0], (index) => body.int32(index).int64(1).nullableString(null)),
          );
        }))!;
        answer.int32();
        return answer.array(() => [answer.string(), answer.array(() => [answer.int32(), answer.int16()][1])]);
      };
      expect(await commit()).toEqual([['codes', [48]]]);
      const added = (await broker.request(ADD_OFFSETS, 0, (body) =>
        body.string('offsets').int64(producerId).int16(epoch).string('g'),
      ))!;
      expect([added.int32(), added.int16()]).toEqual([0, 0]);
      expect(await commit()).toEqual([['codes', [0]]]);
    });
  });
});
