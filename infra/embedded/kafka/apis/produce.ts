import { codeOf, ErrorCode, KafkaError } from '../errors.js';
import type { PartitionLog } from '../log.js';
import { type BatchHeader, COMPRESSION, checkProduced, isReadable, readRecords } from '../record-batch.js';
import { Writer } from '../wire.js';
import { type Api, CLOSE, type RequestContext } from './api.js';

interface Produced {
  partition: number;
  error: number;
  baseOffset: number;
  appendTime: number;
  logStart: number;
}

export const produce: Api = {
  key: 0,
  name: 'Produce',
  min: 3,
  max: 7,
  async handle(request, context) {
    const { broker, version } = context;
    const transactionalId = request.nullableString();
    const acks = request.int16();
    request.int32(); // the timeout is for replicas
    const now = Date.now();
    const topics = request.array(() => {
      const name = request.string();
      const partitions = request.array((): Produced => {
        const partition = request.int32();
        const records = request.nullableBytes();
        try {
          if (acks < -1 || acks > 1) throw new KafkaError(ErrorCode.INVALID_REQUIRED_ACKS, 'Acks are 0, 1 or all.');
          const log = broker.topics.log(name, partition);
          const baseOffset = append(log, records, transactionalId, now, context);
          const appendTime = log.configs.usesAppendTime ? now : -1;
          return { partition, error: ErrorCode.NONE, baseOffset, appendTime, logStart: log.logStart };
        } catch (error) {
          return { partition, error: codeOf(error), baseOffset: -1, appendTime: -1, logStart: -1 };
        }
      });
      return { name, partitions };
    });
    if (acks === 0)
      return topics.some(({ partitions }) => partitions.some(({ error }) => error !== ErrorCode.NONE)) ? CLOSE : null;
    await broker.store.flushed();
    const answer = new Writer();
    answer.array(topics, ({ name, partitions }) => {
      answer.string(name).array(partitions, ({ partition, error, baseOffset, appendTime, logStart }) => {
        answer.int32(partition).int16(error).int64(baseOffset).int64(appendTime);
        if (version >= 5) answer.int64(logStart);
      });
    });
    return answer.int32(0);
  },
};

function append(
  log: PartitionLog,
  records: Buffer | null,
  transactionalId: string | null,
  now: number,
  { broker, version }: RequestContext,
): number {
  if (records && records.length > log.configs.maxMessageBytes)
    throw new KafkaError(ErrorCode.MESSAGE_TOO_LARGE, `The batch is larger than ${log.configs.maxMessageBytes} bytes.`);
  const header = checkProduced(records);
  if (header.compression === COMPRESSION.zstd && version < 7)
    throw new KafkaError(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE, 'Zstandard needs Produce version 7.');
  if (header.transactional) {
    const { topicId, partition } = log.state;
    broker.transactions.checkProduce(transactionalId, header.producerId, header.producerEpoch, topicId, partition);
  }
  if (log.configs.isCompacted) checkKeys(records!, header);
  return log.append(records!, header, now);
}

/** A compacted topic takes no record without a key. Compressions that cannot be opened here pass unseen. */
function checkKeys(batch: Buffer, header: BatchHeader) {
  if (!isReadable(header)) return;
  let hasKeys: boolean;
  try {
    hasKeys = readRecords(batch, header).every(({ key }) => key !== null);
  } catch {
    throw new KafkaError(ErrorCode.CORRUPT_MESSAGE, 'The records of the batch cannot be read.');
  }
  if (!hasKeys) throw new KafkaError(ErrorCode.INVALID_RECORD, 'A compacted topic takes only records with a key.');
}
