import type { Admin, Kafka } from 'kafkajs';
import { readAll, TestBroker, until } from './spec-support.js';
import { verify } from './verify.js';

describe('topics', () => {
  const broker = new TestBroker({ 'auto.create.topics.enable': 'false' });
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
    expect((await verify(broker.data)).topics).toBeGreaterThan(5);
    await broker.remove();
  });

  const create = (topic: string, configs: Record<string, string> = {}, more: object = {}) => {
    const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }));
    return admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries, ...more }] });
  };
  const send = async (topic: string, messages: { value: string; timestamp?: string; partition?: number }[]) => {
    const producer = kafka.producer();
    await producer.connect();
    for (const message of messages) await producer.send({ topic, messages: [{ key: 'k', ...message }] });
    await producer.disconnect();
  };
  const low = async (topic: string) => Number((await admin.fetchTopicOffsets(topic))[0]!.low);
  const refusedWith = (code: number) => ({ errors: [expect.objectContaining({ code })] });

  it('are created with partitions and configurations, and described with where each value comes from', async () => {
    await create('made', { 'cleanup.policy': 'compact', 'retention.ms': '-1' }, { numPartitions: 3 });
    const { topics } = await admin.fetchTopicMetadata({ topics: ['made'] });
    expect(topics[0]!.partitions).toHaveLength(3);
    expect(topics[0]!.partitions[0]).toMatchObject({ leader: 1, replicas: [1], isr: [1] });
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: 2, name: 'made' }],
    });
    const entry = (name: string) => resources[0]!.configEntries.find(({ configName }) => configName === name);
    expect(entry('cleanup.policy')).toMatchObject({ configValue: 'compact', configSource: 1, isDefault: false });
    expect(entry('segment.bytes')).toMatchObject({ configValue: '1073741824', configSource: 5 });
    const brokers = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type: 4, name: '1' }] });
    expect(brokers.resources[0]!.configEntries).toContainEqual(
      expect.objectContaining({ configName: 'auto.create.topics.enable', configValue: 'false', configSource: 4 }),
    );
  });

  it('are refused twice (36), with a bad name (17), partitions (37), replicas (38), configuration (40)', async () => {
    await create('twice');
    expect(await create('twice')).toBe(false); // how kafkajs tells TOPIC_ALREADY_EXISTS
    await expect(create('no/name')).rejects.toMatchObject(refusedWith(17));
    await expect(create('zero', {}, { numPartitions: 0 })).rejects.toMatchObject(refusedWith(37));
    await expect(create('two', {}, { replicationFactor: 2 })).rejects.toMatchObject(refusedWith(38));
    await expect(create('odd', { 'retention.ms': 'x' })).rejects.toMatchObject(refusedWith(40));
    expect(await admin.listTopics()).not.toContain('odd');
  });

  it('are only validated when asked to', async () => {
    await admin.createTopics({
      validateOnly: true,
      waitForLeaders: false,
      topics: [{ topic: 'thought', numPartitions: 1 }],
    });
    expect(await admin.listTopics()).not.toContain('thought');
  });

  it('are not made up when auto.create.topics.enable is off (UNKNOWN_TOPIC_OR_PARTITION, 3)', async () => {
    await expect(admin.fetchTopicMetadata({ topics: ['nowhere'] })).rejects.toMatchObject({ code: 3 });
  });

  it('grow to more partitions, never to fewer (INVALID_PARTITIONS, 37)', async () => {
    await create('growing');
    await admin.createPartitions({ topicPartitions: [{ topic: 'growing', count: 3 }] });
    await send('growing', [{ value: 'new', partition: 2 }]);
    expect((await readAll(kafka, 'growing', (all) => all.length === 1))[0]!.partition).toBe(2);
    const shrink = admin.createPartitions({ topicPartitions: [{ topic: 'growing', count: 2 }] });
    await expect(shrink).rejects.toMatchObject({ code: 37 });
  });

  it('are empty when made again after they were deleted', async () => {
    await create('again');
    await send('again', [{ value: 'old' }]);
    await admin.deleteTopics({ topics: ['again'] });
    expect(await admin.listTopics()).not.toContain('again');
    await create('again');
    await send('again', [{ value: 'new' }]);
    const read = await readAll(kafka, 'again', (all) => all.length > 0);
    expect(read.map(({ message }) => [message.offset, String(message.value)])).toEqual([['0', 'new']]);
  });

  it('give the offset for a timestamp, inside batches too', async () => {
    await create('times', { 'retention.ms': '-1' });
    const producer = kafka.producer();
    await producer.connect();
    for (const base of [1000, 2000, 3000]) {
      const messages = [0, 10, 20].map((plus) => ({ key: 'k', value: 'v', timestamp: String(base + plus) }));
      await producer.send({ topic: 'times', messages, compression: base === 2000 ? 1 : 0 });
    }
    await producer.disconnect();
    const at = async (timestamp: number) =>
      Number((await admin.fetchTopicOffsetsByTimestamp('times', timestamp))[0]!.offset);
    expect([await at(0), await at(1001), await at(2000), await at(2020), await at(2021)]).toEqual([0, 1, 3, 5, 6]);
    expect(await at(4000)).toBe(9); // none: kafkajs takes the end
  });

  it('lose records up to an offset on request, not when only compacted (44), not past the end (1)', async () => {
    await create('shortened');
    await send(
      'shortened',
      ['a', 'b', 'c'].map((value) => ({ value })),
    );
    const shorten = (topic: string, offset: string) =>
      admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset }] });
    expect(await low('shortened')).toBe(0); // kafkajs learns of the topic only by asking
    await shorten('shortened', '2');
    expect(await low('shortened')).toBe(2);
    const read = await readAll(kafka, 'shortened', (all) => all.length > 0);
    expect(read.map(({ message }) => String(message.value))).toEqual(['c']);
    await create('compacted', { 'cleanup.policy': 'compact' });
    await send('compacted', [{ value: 'a' }]);
    expect(await deleteRecordsError('compacted', 1)).toBe(44);
    expect(await deleteRecordsError('shortened', 99)).toBe(1);
  });

  const deleteRecordsError = async (topic: string, offset: number) => {
    const answer = (await broker.request(21, 0, (body) => {
      body.array([0], () => body.string(topic).array([0], (partition) => body.int32(partition).int64(offset)));
      return body.int32(1000);
    }))!;
    answer.int32();
    const error = () => [answer.int32(), answer.int64(), answer.int16()][2];
    return answer.array(() => [answer.string(), answer.array(error)[0]])[0]![1];
  };

  it('stamp records with the broker’s clock when they are to (LogAppendTime)', async () => {
    await create('stamped', { 'message.timestamp.type': 'LogAppendTime' });
    const before = Date.now();
    await send('stamped', [{ value: 'a', timestamp: '1000' }]);
    const [first] = await readAll(kafka, 'stamped', (all) => all.length > 0);
    expect(Number(first!.message.timestamp)).toBeGreaterThanOrEqual(before);
    expect((await admin.fetchTopicOffsetsByTimestamp('stamped', before))[0]!.offset).toBe('0');
  });

  it('lose old segments (retention.ms), and keep them for ever with -1', async () => {
    const segments = { 'segment.bytes': '200' };
    await create('kept', { ...segments, 'retention.ms': '-1' });
    await create('aging', { ...segments, 'retention.ms': '3600000' });
    const old = Array.from({ length: 5 }, (_, i) => ({ value: `${i}`, timestamp: '1000' }));
    const young = { value: 'young', timestamp: String(Date.now()) };
    await send('kept', [...old, young]);
    await send('aging', [...old, young]);
    await until(async () => ((await low('aging')) > 2 ? true : undefined));
    const read = await readAll(kafka, 'aging', (all) => String(all.at(-1)!.message.value) === 'young');
    expect(read.length).toBeLessThan(4);
    expect(await low('kept')).toBe(0);
    expect(await readAll(kafka, 'kept', (all) => all.length === 6)).toHaveLength(6);
  });

  it('lose their oldest segments when there are too many bytes (retention.bytes)', async () => {
    await create('bounded', { 'segment.bytes': '200', 'retention.bytes': '500', 'retention.ms': '-1' });
    await send(
      'bounded',
      Array.from({ length: 20 }, (_, i) => ({ value: `${i}` })),
    );
    await until(async () => ((await low('bounded')) >= 10 ? true : undefined));
    const read = await readAll(kafka, 'bounded', (all) => String(all.at(-1)!.message.value) === '19');
    expect(read.length).toBeGreaterThan(3);
  });
});
