import { Kafka } from 'kafkajs';
import { testBatch } from './spec-batch.js';
import { readAll, TestBroker } from './spec-support.js';
import type { Reader, Writer } from './wire.js';

const PRODUCE = 0;
const FETCH = 1;

interface FetchOptions {
  offset?: number;
  maxWaitMs?: number;
  minBytes?: number;
  partition?: number;
}

describe('producing and fetching', () => {
  const broker = new TestBroker();
  let kafka: Kafka;

  beforeAll(async () => {
    await broker.start();
    kafka = broker.kafka();
  });
  afterAll(() => broker.remove());

  const createTopic = async (topic: string, configs: Record<string, string> = {}) => {
    const admin = kafka.admin();
    await admin.connect();
    const all = { 'retention.ms': '-1', ...configs }; // the batches made here are from 1970
    const configEntries = Object.entries(all).map(([name, value]) => ({ name, value }));
    await admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }] });
    await admin.disconnect();
  };

  const produce = async (topic: string, batch: Buffer, acks = -1) => {
    const answer = await broker.request(PRODUCE, 7, (body) => writeProduce(body, topic, batch, acks));
    if (!answer) return null;
    answer.int32();
    answer.string();
    answer.int32();
    answer.int32();
    return { error: answer.int16(), baseOffset: answer.int64() };
  };

  const fetch = async (
    topic: string,
    { offset = 0, maxWaitMs = 0, minBytes = 1, partition = 0 }: FetchOptions = {},
  ) => {
    const answer = await broker.request(FETCH, 4, (body) => {
      body.int32(-1).int32(maxWaitMs).int32(minBytes).int32(1e6).int8(0);
      return body.array([topic], (name) =>
        body.string(name).array([partition], (index) => body.int32(index).int64(offset).int32(1e6)),
      );
    });
    return readFetch(answer!);
  };

  const one = (sequence: number, epoch = 0) =>
    testBatch([{ key: 'k', value: String(sequence) }], { producerId: 4000, epoch, sequence });

  it('creates a topic when a client asks for it, as Kafka does', async () => {
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({ topic: 'made-up', messages: [{ value: '1' }] });
    await producer.disconnect();
    expect((await readAll(kafka, 'made-up', (all) => all.length === 1))[0]!.partition).toBe(0);
  });

  it.each([0, 1, -1])('takes messages with acks %i', async (acks) => {
    const producer = kafka.producer();
    await producer.connect();
    const messages = Array.from({ length: 50 }, (_, i) => ({ key: 'k', value: `${i}`, headers: { h: 'x' } }));
    await producer.send({ topic: `acks.${acks}`, acks, messages });
    const read = await readAll(kafka, `acks.${acks}`, (all) => all.length === 50);
    expect(read.map(({ message }) => String(message.value))).toEqual(messages.map(({ value }) => value));
    await producer.disconnect();
  });

  it('refuses other acks (INVALID_REQUIRED_ACKS, 21) and closes the connection on a failure with acks 0', async () => {
    await createTopic('acks');
    expect(await produce('acks', testBatch([{ key: 'a', value: '1' }]), 2)).toMatchObject({ error: 21 });
    expect(await produce('missing', testBatch([{ key: 'a', value: '1' }]), 0)).toBeNull();
  });

  it('answers a batch that was sent again with the offset it has', async () => {
    await createTopic('idempotent');
    expect(await produce('idempotent', one(0))).toEqual({ error: 0, baseOffset: 0 });
    expect(await produce('idempotent', one(1))).toEqual({ error: 0, baseOffset: 1 });
    expect(await produce('idempotent', one(0))).toEqual({ error: 0, baseOffset: 0 });
    expect((await fetch('idempotent')).highWatermark).toBe(2);
  });

  it('refuses a gap in the sequence (OUT_OF_ORDER_SEQUENCE_NUMBER, 45), an older epoch (INVALID_PRODUCER_EPOCH, 47)', async () => {
    await createTopic('gap');
    await produce('gap', one(0, 1));
    expect(await produce('gap', one(2, 1))).toMatchObject({ error: 45 });
    expect(await produce('gap', one(1, 0))).toMatchObject({ error: 47 });
  });

  it('refuses a damaged batch (CORRUPT_MESSAGE, 2) and stores nothing of it', async () => {
    await createTopic('damaged');
    const batch = testBatch([{ key: 'a', value: 'value' }]);
    batch[batch.length - 3]! ^= 1;
    expect(await produce('damaged', batch)).toMatchObject({ error: 2 });
    expect((await fetch('damaged')).highWatermark).toBe(0);
  });

  it('refuses a batch over max.message.bytes (MESSAGE_TOO_LARGE, 10)', async () => {
    await createTopic('small', { 'max.message.bytes': '200' });
    expect(await produce('small', testBatch([{ key: 'a', value: 'x'.repeat(200) }]))).toMatchObject({ error: 10 });
  });

  it('refuses a record without a key in a compacted topic (INVALID_RECORD, 87)', async () => {
    await createTopic('keyed', { 'cleanup.policy': 'compact' });
    expect(await produce('keyed', testBatch([{ key: null, value: '1' }]))).toMatchObject({ error: 87 });
  });

  it('knows no other topic or partition (UNKNOWN_TOPIC_OR_PARTITION, 3)', async () => {
    await createTopic('one');
    expect(await produce('missing', one(0))).toMatchObject({ error: 3 });
    expect(await fetch('one', { partition: 1 })).toMatchObject({ error: 3 });
  });

  it('gives the whole batch for an offset inside it, and nothing at the end', async () => {
    await createTopic('whole');
    const batch = testBatch(
      ['a', 'b', 'c'].map((key) => ({ key, value: key })),
      { compression: 1 },
    );
    await produce('whole', batch);
    const stored = Buffer.from(batch);
    stored.writeInt32BE(0, 12); // the leader epoch
    expect(await fetch('whole', { offset: 2 })).toMatchObject({ error: 0, records: stored });
    expect(await fetch('whole', { offset: 3 })).toMatchObject({ error: 0, records: Buffer.alloc(0) });
  });

  it('refuses an offset outside the log (OFFSET_OUT_OF_RANGE, 1)', async () => {
    await createTopic('range');
    expect(await fetch('range', { offset: 1 })).toMatchObject({ error: 1 });
    expect(await fetch('range', { offset: -1 })).toMatchObject({ error: 1 });
  });

  it('answers a waiting fetch as soon as there are as many bytes as it wants', async () => {
    await createTopic('poll');
    const batch = testBatch([{ key: 'a', value: '1' }]);
    const waiting = fetch('poll', { maxWaitMs: 20_000, minBytes: batch.length * 2 });
    await produce('poll', Buffer.from(batch));
    await produce('poll', Buffer.from(batch));
    expect((await waiting).records).toHaveLength(batch.length * 2);
  });

  it('answers a waiting fetch with what there is when the wait is over', async () => {
    await createTopic('wait');
    expect(await produce('wait', testBatch([{ key: 'a', value: '1' }]))).toMatchObject({ error: 0 });
    const before = performance.now();
    expect((await fetch('wait', { maxWaitMs: 50, minBytes: 1000 })).records.length).toBeGreaterThan(0);
    expect(performance.now() - before).toBeGreaterThan(40);
  });

  it('closes the connection on a request that makes no sense, and serves the others', async () => {
    expect(await broker.request(PRODUCE, 2, (body) => body)).toBeNull();
    expect(await broker.request(999, 0, (body) => body)).toBeNull();
    expect(await broker.request(FETCH, 4, (body) => body.int32(1))).toBeNull();
    expect(await fetch('one')).toMatchObject({ error: 0 });
  });

  it('answers a newer ApiVersions with UNSUPPORTED_VERSION (35) and the ranges in a v0 body', async () => {
    const answer = (await broker.request(18, 3, (body) => body))!;
    expect(answer.int16()).toBe(35);
    expect(answer.array(() => [answer.int16(), answer.int16(), answer.int16()])).toContainEqual([PRODUCE, 3, 7]);
  });
});

function writeProduce(body: Writer, topic: string, batch: Buffer, acks: number): Writer {
  body.nullableString(null).int16(acks).int32(1000);
  return body.array([topic], (name) => body.string(name).array([0], (index) => body.int32(index).bytes(batch)));
}

function readFetch(answer: Reader) {
  answer.int32();
  answer.int32();
  answer.string();
  answer.int32();
  answer.int32();
  const error = answer.int16();
  const highWatermark = answer.int64();
  answer.int64();
  answer.nullableArray(() => [answer.int64(), answer.int64()]);
  return { error, highWatermark, records: answer.nullableBytes() ?? Buffer.alloc(0) };
}
