import { CorruptRecord } from '../../checked-record.js';
import type { AbortedTransaction } from '../aborted-transactions.js';
import type { Broker } from '../broker.js';
import { codeOf, ErrorCode } from '../errors.js';
import type { PartitionLog } from '../log.js';
import { LEADER_EPOCH, readHeader } from '../record-batch.js';
import { type Reader, Writer } from '../wire.js';
import type { Api } from './api.js';

const READ_COMMITTED = 1;

interface Wanted {
  topic: string;
  partition: number;
  leaderEpoch: number;
  offset: number;
  maxBytes: number;
}

interface Fetched {
  error: number;
  highWatermark: number;
  lastStableOffset: number;
  logStart: number;
  aborted: AbortedTransaction[] | null;
  batches: Buffer[];
}

interface FetchRequest {
  maxWaitMs: number;
  minBytes: number;
  maxBytes: number;
  readCommitted: boolean;
  sessionId: number;
  topics: { name: string; wanted: Wanted[] }[];
}

export const fetch: Api = {
  key: 1,
  name: 'Fetch',
  min: 4,
  max: 11,
  async handle(reader, { broker, version }) {
    const request = readRequest(reader, version);
    const answer = new Writer();
    // Sessions (KIP-227) are optional: every full fetch is answered with session 0, which is none.
    if (request.sessionId !== 0)
      return answer
        .int32(0)
        .int16(ErrorCode.FETCH_SESSION_ID_NOT_FOUND)
        .int32(0)
        .array([], () => {});
    const deadline = performance.now() + request.maxWaitMs;
    let fetched = fetchAll(broker, request);
    while (
      !fetched.isDue &&
      !broker.isClosing &&
      performance.now() < deadline &&
      (await advance(broker, request, deadline))
    )
      fetched = fetchAll(broker, request);
    answer.int32(0);
    if (version >= 7) answer.int16(ErrorCode.NONE).int32(0);
    return answer.array(request.topics, ({ name, wanted }) => {
      answer.string(name).array(wanted, (each) => {
        writePartition(answer, each.partition, fetched.partitions.get(each)!, version);
      });
    });
  },
};

function readRequest(request: Reader, version: number): FetchRequest {
  request.int32(); // replica id
  const maxWaitMs = request.int32();
  const minBytes = request.int32();
  const maxBytes = request.int32();
  const readCommitted = request.int8() === READ_COMMITTED;
  const sessionId = version >= 7 ? request.int32() : 0;
  if (version >= 7) request.int32(); // session epoch
  const topics = request.array(() => {
    const topic = request.string();
    const wanted = request.array(() => {
      const partition = request.int32();
      const leaderEpoch = version >= 9 ? request.int32() : -1;
      const offset = request.int64();
      if (version >= 5) request.int64(); // a follower's log start
      return { topic, partition, leaderEpoch, offset, maxBytes: request.int32() };
    });
    return { name: topic, wanted };
  });
  return { maxWaitMs, minBytes, maxBytes, readCommitted, sessionId, topics };
}

/** One look at all partitions. It is due for an answer when there is enough to read, or an error. */
function fetchAll(broker: Broker, { topics, maxBytes, minBytes, readCommitted }: FetchRequest) {
  const partitions = new Map<Wanted, Fetched>();
  let total = 0;
  let hasError = false;
  for (const { wanted } of topics)
    for (const each of wanted) {
      const fetched = fetchOne(broker, each, readCommitted, maxBytes - total, total === 0);
      for (const batch of fetched.batches) total += batch.length;
      hasError ||= fetched.error !== ErrorCode.NONE;
      partitions.set(each, fetched);
    }
  return { partitions, isDue: hasError || total >= minBytes };
}

function fetchOne(broker: Broker, wanted: Wanted, readCommitted: boolean, maxBytes: number, first: boolean): Fetched {
  let log: PartitionLog | undefined;
  try {
    log = broker.topics.log(wanted.topic, wanted.partition);
    if (wanted.leaderEpoch > LEADER_EPOCH) return failed(ErrorCode.UNKNOWN_LEADER_EPOCH, log);
    const end = readCommitted ? log.lastStableOffset : log.highWatermark;
    const { batches } = log.read(wanted.offset, end, Math.min(maxBytes, wanted.maxBytes), first);
    const last = batches.at(-1);
    let aborted: AbortedTransaction[] | null = null;
    if (readCommitted) aborted = last ? log.aborted.between(wanted.offset, readHeader(last).lastOffset + 1) : [];
    return { ...failed(ErrorCode.NONE, log), aborted, batches };
  } catch (error) {
    if (!(error instanceof CorruptRecord)) return failed(codeOf(error), log);
    broker.report(error.message);
    return failed(ErrorCode.CORRUPT_MESSAGE, log);
  }
}

function failed(error: number, log: PartitionLog | undefined): Fetched {
  return {
    error,
    highWatermark: log?.highWatermark ?? -1,
    lastStableOffset: log?.lastStableOffset ?? -1,
    logStart: log?.logStart ?? -1,
    aborted: null,
    batches: [],
  };
}

/** Waits until one of the partitions has more. False when the wait is over instead. */
function advance(broker: Broker, { topics }: FetchRequest, deadline: number): Promise<boolean> {
  return new Promise((resolve) => {
    const logs = topics.flatMap(({ name, wanted }) =>
      wanted.map(({ partition }) => broker.topics.get(name)?.logs[partition]).filter((log) => log !== undefined),
    );
    const end = (hasMore: boolean) => {
      clearTimeout(timer);
      broker.onClosing.delete(onClosing);
      for (const log of logs) log.cancelAdvance(onAdvance);
      resolve(hasMore);
    };
    const onAdvance = () => end(true);
    const onClosing = () => end(false);
    const timer = setTimeout(() => end(false), Math.max(1, deadline - performance.now()));
    for (const log of logs) log.onAdvance(onAdvance);
    broker.onClosing.add(onClosing);
  });
}

function writePartition(answer: Writer, partition: number, fetched: Fetched, version: number) {
  answer.int32(partition).int16(fetched.error).int64(fetched.highWatermark).int64(fetched.lastStableOffset);
  if (version >= 5) answer.int64(fetched.logStart);
  if (fetched.aborted) answer.array(fetched.aborted, (each) => answer.int64(each.producerId).int64(each.firstOffset));
  else answer.int32(-1);
  if (version >= 11) answer.int32(-1); // no preferred replica
  answer.records(fetched.batches);
}
