import { createRequire } from 'node:module';
import type { Message } from 'kafkajs';
import { encodeRecordBatch, gzipRecordBatch } from './record-batch.js';

/** What kafkajs makes a produce request of. */
export interface ProduceArguments {
  acks: number;
  timeout: number;
  compression: number;
  transactionalId?: string | null;
  producerId: number | bigint | { value: bigint };
  producerEpoch: number;
  topicData: {
    topic: string;
    partitions: { partition: number; firstSequence: number; messages: Message[] }[];
  }[];
}

/** What kafkajs takes for an encoded message. */
interface Encoded {
  buf: Buffer;
  buffer: Buffer;
}

interface ProduceDefinition {
  protocol(of: {
    version: number;
  }): (given: ProduceArguments) => { request: { encode(): Promise<Encoded> }; response: unknown };
}

const GZIP = 1;

type Watcher = (given: ProduceArguments) => void;
const watchers = new Set<Watcher>();

/** Is told of every produce request of this process, before it is sent. @returns what ends that. */
export function watchProduceRequests(watcher: Watcher): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** From this version on records are as `encodeRecordBatch` makes them. */
const FIRST_VERSION = 3;

/**
 * Takes the encoding of produce requests over from kafkajs, for every producer of this process: it makes a zeroed buffer
 * of 512 bytes for each header and gathers every number in an array, which was a fifth of what a worker did. What is
 * sent is the same; connections, transactions and sequences stay kafkajs's own.
 */
export function encodeProduceRequests(): void {
  const produce = createRequire(import.meta.url)('kafkajs/src/protocol/requests/produce') as ProduceDefinition;
  const original = produce.protocol;
  produce.protocol = ({ version }) => {
    const make = original({ version });
    if (version < FIRST_VERSION) return make;
    return (given) => {
      for (const watch of watchers) watch(given);
      const made = make(given);
      if (given.compression > GZIP) return made;
      return { ...made, request: { ...made.request, encode: async () => encoded(await encodeProduce(given)) } };
    };
  };
}

function encoded(buffer: Buffer): Encoded {
  return { buf: buffer, buffer };
}

/** The body of a produce request of version 3 to 8. */
export async function encodeProduce(given: ProduceArguments): Promise<Buffer> {
  const { acks, timeout, transactionalId, topicData } = given;
  const batches = await batchesOf(given);
  const parts = [text(transactionalId), int16(acks), int32(timeout), int32(topicData.length)];
  for (const { topic, partitions } of topicData) {
    parts.push(text(topic), int32(partitions.length));
    for (const { partition } of partitions) {
      const batch = batches.shift()!;
      parts.push(int32(partition), int32(batch.length), batch);
    }
  }
  return Buffer.concat(parts);
}

async function batchesOf({
  transactionalId,
  compression,
  topicData,
  ...producer
}: ProduceArguments): Promise<Buffer[]> {
  const head = {
    transactional: Boolean(transactionalId),
    producerId: bigintOf(producer.producerId),
    producerEpoch: producer.producerEpoch,
  };
  const batches = topicData.flatMap(({ partitions }) =>
    partitions.map(({ messages, firstSequence }) => encodeRecordBatch(messages, { ...head, firstSequence })),
  );
  return compression === GZIP ? Promise.all(batches.map(gzipRecordBatch)) : batches;
}

/** kafkajs holds large numbers in a class of its own. */
function bigintOf(value: ProduceArguments['producerId']): bigint {
  return typeof value === 'object' ? value.value : BigInt(value);
}

function text(value: string | null | undefined): Buffer {
  if (value === null || value === undefined) return int16(-1);
  const bytes = Buffer.from(value);
  return Buffer.concat([int16(bytes.length), bytes]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(value);
  return bytes;
}
