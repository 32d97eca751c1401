import { codeOf, ErrorCode } from '../errors.js';
import { Writer } from '../wire.js';
import type { Api } from './api.js';
import { errorOf } from './groups.js';
import { commitAll, readCommits } from './offsets.js';

export const initProducerId: Api = {
  key: 22,
  name: 'InitProducerId',
  min: 0,
  max: 1,
  async handle(request, { broker }) {
    const transactionalId = request.nullableString();
    const timeoutMs = request.int32();
    let error: number = ErrorCode.NONE;
    let producer = { producerId: -1, epoch: -1 };
    try {
      producer = broker.transactions.initProducerId(transactionalId, timeoutMs);
    } catch (refusal) {
      error = codeOf(refusal);
    }
    await broker.store.flushed();
    return new Writer().int32(0).int16(error).int64(producer.producerId).int16(producer.epoch);
  },
};

export const addPartitionsToTxn: Api = {
  key: 24,
  name: 'AddPartitionsToTxn',
  min: 0,
  max: 1,
  handle(request, { broker }) {
    const transactionalId = request.string();
    const producerId = request.int64();
    const epoch = request.int16();
    const topics = request.array(() => ({ name: request.string(), partitions: request.array(() => request.int32()) }));
    const all = topics.flatMap(({ name, partitions }) => partitions.map((partition) => ({ topic: name, partition })));
    const exists = (topic: string, partition: number) => broker.topics.get(topic)?.logs[partition] !== undefined;
    // All or none: with an unknown partition the others are not attempted.
    const known = all.every(({ topic, partition }) => exists(topic, partition));
    const error = errorOf(() =>
      broker.transactions.addPartitions(transactionalId, producerId, epoch, known ? all : []),
    );
    // Not flushed: what is produced into the transaction is, and reaches the disk after this or together with it.
    const answer = new Writer().int32(0);
    return answer.array(topics, ({ name, partitions }) => {
      answer.string(name).array(partitions, (partition) => {
        const unknown = exists(name, partition)
          ? ErrorCode.OPERATION_NOT_ATTEMPTED
          : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        answer.int32(partition).int16(error || (known ? ErrorCode.NONE : unknown));
      });
    });
  },
};

export const addOffsetsToTxn: Api = {
  key: 25,
  name: 'AddOffsetsToTxn',
  min: 0,
  max: 1,
  handle(request, { broker }) {
    const transactionalId = request.string();
    const producerId = request.int64();
    const epoch = request.int16();
    const group = request.string();
    const error = errorOf(() => broker.transactions.addGroup(transactionalId, producerId, epoch, group));
    return new Writer().int32(0).int16(error);
  },
};

export const endTxn: Api = {
  key: 26,
  name: 'EndTxn',
  min: 0,
  max: 1,
  async handle(request, { broker }) {
    const transactionalId = request.string();
    const producerId = request.int64();
    const epoch = request.int16();
    const commit = request.boolean();
    const error = errorOf(() => broker.transactions.end(transactionalId, producerId, epoch, commit));
    await broker.store.flushed();
    return new Writer().int32(0).int16(error);
  },
};

export const txnOffsetCommit: Api = {
  key: 28,
  name: 'TxnOffsetCommit',
  min: 0,
  max: 2,
  handle(request, context) {
    const { broker, version } = context;
    const transactionalId = request.string();
    const group = request.string();
    const producerId = request.int64();
    const epoch = request.int16();
    const topics = readCommits(request, version >= 2);
    return commitAll(topics, new Writer().int32(0), context, (accepted) =>
      broker.transactions.commitOffsets(transactionalId, producerId, epoch, group, accepted),
    );
  },
};
