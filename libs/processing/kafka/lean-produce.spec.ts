import { createRequire } from 'node:module';
import fc from 'fast-check';
import { type Message, Partitioners } from 'kafkajs';
import { holds, holdsInAsync } from '#testing/property.js';
import { encodeProduce, encodeProduceRequests, type ProduceArguments } from './lean-produce.js';
import { partitionByKey } from './partitioner.js';
import { encodeRecordBatch, gzipRecordBatch } from './record-batch.js';

const require = createRequire(import.meta.url);
type Make = (given: ProduceArguments) => {
  request: { apiKey: number; apiName: string; apiVersion: number; encode(): Promise<{ buffer: Buffer }> };
};
const produce = require('kafkajs/src/protocol/requests/produce') as { protocol(of: { version: number }): Make };
const decodeBatch = require('kafkajs/src/protocol/recordBatch/v0/decoder') as (
  of: object,
) => Promise<{ records: object[] }>;
const Decoder = require('kafkajs/src/protocol/decoder') as new (batch: Buffer) => object;
const byKafkajs = produce.protocol({ version: 7 });

const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.string({ maxLength: 5 }));
const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
const message: fc.Arbitrary<Message> = fc.record({
  key: fc.oneof(text, bytes, fc.constant(null)),
  value: fc.oneof(text, bytes, fc.constant(null)),
  headers: fc.dictionary(
    fc.string({ minLength: 1, maxLength: 20 }),
    fc.oneof(text, bytes, fc.array(text, { maxLength: 3 })),
  ),
  // As many digits each: kafkajs sorts them as texts.
  timestamp: fc.integer({ min: 1_000_000_000_000, max: 9_000_000_000_000 }).map(String),
});
const partitions = fc.array(
  fc.record({
    partition: fc.nat(12),
    firstSequence: fc.nat(),
    messages: fc.array(message, { minLength: 1, maxLength: 80 }),
  }),
  { maxLength: 3 },
);
const request: fc.Arbitrary<ProduceArguments> = fc.record({
  acks: fc.constantFrom(-1, 1),
  timeout: fc.nat(),
  compression: fc.constant(0),
  transactionalId: fc.option(text),
  producerId: fc.oneof(
    fc.nat(),
    fc.bigInt({ min: -1n, max: 2n ** 62n }).map((value) => ({ value })),
  ),
  producerEpoch: fc.nat(32_767),
  topicData: fc.array(fc.record({ topic: text, partitions }), { maxLength: 2 }),
});

describe('the encoding of produce requests', () => {
  it('is that of kafkajs, byte for byte', async () => {
    await holdsInAsync(
      fc.asyncProperty(request, async (given) => {
        const { buffer } = await byKafkajs(given).request.encode();
        expect((await encodeProduce(given)).equals(buffer)).toBe(true);
      }),
    );
  });

  it('holds the same records when they are compressed', async () => {
    const decode = async (batch: Buffer) => (await decodeBatch(new Decoder(batch))).records;
    const head = { transactional: true, producerId: 7n, producerEpoch: 1, firstSequence: 3 };
    await holdsInAsync(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 80 }), async (messages) => {
        const plain = encodeRecordBatch(messages, head);
        expect(await decode(await gzipRecordBatch(plain))).toEqual(await decode(plain));
      }),
    );
  });

  it('takes the place of that of kafkajs, and leaves the rest of the request as it is', async () => {
    encodeProduceRequests();
    const given: ProduceArguments = {
      acks: -1,
      timeout: 30_000,
      compression: 0,
      transactionalId: 'spec',
      producerId: 7,
      producerEpoch: 1,
      topicData: [
        {
          topic: 't',
          partitions: [{ partition: 0, firstSequence: 0, messages: [{ value: 'v', timestamp: '1700000000000' }] }],
        },
      ],
    };
    const replaced = produce.protocol({ version: 7 })(given).request;
    expect((await replaced.encode()).buffer.equals((await byKafkajs(given).request.encode()).buffer)).toBe(true);
    const { apiKey, apiName, apiVersion } = byKafkajs(given).request;
    expect(replaced).toMatchObject({ apiKey, apiName, apiVersion });
    expect(String(replaced.encode)).not.toBe(String(byKafkajs(given).request.encode));
  });
});

describe('the partitioner', () => {
  it('chooses the partition that kafkajs chooses', () => {
    const theirs = Partitioners.DefaultPartitioner();
    const partitionMetadata = Array.from({ length: 12 }, (_, partitionId) => ({
      partitionErrorCode: 0,
      partitionId,
      leader: 0,
      replicas: [],
      isr: [],
    }));
    holds(
      fc.property(fc.oneof(text, fc.uuid(), bytes), (key) => {
        const args = { topic: 't', partitionMetadata, message: { key, value: '' } };
        expect(partitionByKey()(args)).toBe(theirs(args));
      }),
    );
  });
});
