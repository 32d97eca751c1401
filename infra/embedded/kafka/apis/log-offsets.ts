import { codeOf, ErrorCode, KafkaError } from '../errors.js';
import type { PartitionLog } from '../log.js';
import { isReadable, LEADER_EPOCH, readHeader, readRecords } from '../record-batch.js';
import { Writer } from '../wire.js';
import type { Api } from './api.js';

const LATEST = -1;
const EARLIEST = -2;
const READ_COMMITTED = 1;

interface Found {
  timestamp: number;
  offset: number;
}

export const listOffsets: Api = {
  key: 2,
  name: 'ListOffsets',
  min: 1,
  max: 5,
  handle(request, { broker, version }) {
    request.int32(); // replica id
    const readCommitted = version >= 2 && request.int8() === READ_COMMITTED;
    const answer = new Writer();
    if (version >= 2) answer.int32(0);
    const topics = request.array(() => ({
      name: request.string(),
      partitions: request.array(() => {
        const partition = request.int32();
        if (version >= 4) request.int32(); // the leader's epoch never changes
        return { partition, timestamp: request.int64() };
      }),
    }));
    return answer.array(topics, ({ name, partitions }) => {
      answer.string(name).array(partitions, ({ partition, timestamp }) => {
        let error: number = ErrorCode.NONE;
        let found: Found = { timestamp: -1, offset: -1 };
        try {
          found = findOffset(broker.topics.log(name, partition), timestamp, readCommitted);
        } catch (refusal) {
          error = codeOf(refusal);
        }
        answer.int32(partition).int16(error).int64(found.timestamp).int64(found.offset);
        if (version >= 4) answer.int32(LEADER_EPOCH);
      });
    });
  },
};

/**
 * The first offset whose timestamp is not before the one asked for. In a batch with a compression that cannot be
 * opened here this is the batch's first offset, which is earlier or the same.
 */
function findOffset(log: PartitionLog, timestamp: number, readCommitted: boolean): Found {
  const end = readCommitted ? log.lastStableOffset : log.highWatermark;
  if (timestamp === LATEST) return { timestamp: -1, offset: end };
  if (timestamp === EARLIEST) return { timestamp: -1, offset: log.logStart };
  const start = log.findTimestamp(timestamp, end);
  // What came before in the log may have been newer and be gone: then the batch itself is not new enough.
  if (start)
    for (const { batch } of log.scan(Math.max(start.previous + 1, log.logStart), end)) {
      const header = readHeader(batch);
      if (header.maxTimestamp < timestamp) continue;
      if (log.configs.usesAppendTime) return { timestamp: header.maxTimestamp, offset: header.baseOffset };
      if (!isReadable(header)) return { timestamp: header.baseTimestamp, offset: header.baseOffset };
      for (const record of readRecords(batch, header)) {
        const time = header.baseTimestamp + record.timestampDelta;
        const offset = header.baseOffset + record.offsetDelta;
        if (time >= timestamp && offset >= log.logStart) return { timestamp: time, offset };
      }
    }
  return { timestamp: -1, offset: -1 };
}

/** There is one leader and one epoch, so it ends where the log ends. librdkafka asks before it trusts an offset. */
export const offsetForLeaderEpoch: Api = {
  key: 23,
  name: 'OffsetForLeaderEpoch',
  min: 2,
  max: 3,
  handle(request, { broker, version }) {
    if (version >= 3) request.int32(); // replica id
    const topics = request.array(() => ({
      name: request.string(),
      partitions: request.array(() => {
        const partition = request.int32();
        request.int32(); // the current leader's epoch as the client knows it
        return { partition, epoch: request.int32() };
      }),
    }));
    const answer = new Writer().int32(0);
    return answer.array(topics, ({ name, partitions }) => {
      answer.string(name).array(partitions, ({ partition, epoch }) => {
        const log = broker.topics.get(name)?.logs[partition];
        const known = log !== undefined && epoch <= LEADER_EPOCH;
        answer.int16(log ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION).int32(partition);
        answer.int32(known ? LEADER_EPOCH : -1).int64(known ? log.highWatermark : -1);
      });
    });
  },
};

export const deleteRecords: Api = {
  key: 21,
  name: 'DeleteRecords',
  min: 0,
  max: 1,
  async handle(request, { broker }) {
    const topics = request.array(() => {
      const name = request.string();
      const partitions = request.array(() => {
        const partition = request.int32();
        const offset = request.int64();
        try {
          const lowWatermark = deleteUpTo(broker.topics.log(name, partition), offset);
          return { partition, lowWatermark, error: ErrorCode.NONE };
        } catch (error) {
          return { partition, lowWatermark: -1, error: codeOf(error) };
        }
      });
      return { name, partitions };
    });
    request.int32(); // timeout
    await broker.store.flushed();
    broker.maintenance.sweep();
    const answer = new Writer().int32(0);
    return answer.array(topics, ({ name, partitions }) => {
      answer.string(name).array(partitions, ({ partition, lowWatermark, error }) => {
        answer.int32(partition).int64(lowWatermark).int16(error);
      });
    });
  },
};

function deleteUpTo(log: PartitionLog, offset: number): number {
  if (!log.configs.isDeleted)
    throw new KafkaError(ErrorCode.POLICY_VIOLATION, 'A topic that is only compacted keeps its records.');
  const target = offset === -1 ? log.highWatermark : offset;
  if (target < 0 || target > log.highWatermark)
    throw new KafkaError(ErrorCode.OFFSET_OUT_OF_RANGE, `Offset ${offset} is not in the log.`);
  log.deleteBefore(target);
  return log.logStart;
}
