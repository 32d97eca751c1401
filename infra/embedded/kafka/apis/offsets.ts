import { ErrorCode } from '../errors.js';
import type { OffsetCommit } from '../offsets.js';
import { type Reader, Writer } from '../wire.js';
import type { Api, RequestContext } from './api.js';
import { errorOf } from './groups.js';

/** The topics of an OffsetCommit or TxnOffsetCommit request. */
export function readCommits(request: Reader, withLeaderEpoch: boolean): { name: string; commits: OffsetCommit[] }[] {
  return request.array(() => {
    const topic = request.string();
    const commits = request.array(() => {
      const partition = request.int32();
      const offset = request.int64();
      const leaderEpoch = withLeaderEpoch ? request.int32() : -1;
      return { topic, partition, offset, leaderEpoch, metadata: request.nullableString() };
    });
    return { name: topic, commits };
  });
}

/** Why one partition's offset cannot be committed, 0 when it can. */
function refusalOf(commit: OffsetCommit, { broker }: RequestContext): number {
  if (!broker.topics.get(commit.topic)?.logs[commit.partition]) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  const isTooLarge = Buffer.byteLength(commit.metadata ?? '') > broker.configs.number('offset.metadata.max.bytes');
  return isTooLarge ? ErrorCode.OFFSET_METADATA_TOO_LARGE : ErrorCode.NONE;
}

/** Hands on what can be committed and writes the answer's topics. */
export async function commitAll(
  topics: { name: string; commits: OffsetCommit[] }[],
  answer: Writer,
  context: RequestContext,
  commit: (accepted: OffsetCommit[]) => void,
): Promise<Writer> {
  const accepted = topics.flatMap(({ commits }) => commits.filter((each) => refusalOf(each, context) === 0));
  const error = errorOf(() => commit(accepted));
  await context.broker.store.flushed();
  return answer.array(topics, ({ name, commits }) => {
    answer.string(name).array(commits, (each) => {
      answer.int32(each.partition).int16(error || refusalOf(each, context));
    });
  });
}

export const offsetCommit: Api = {
  key: 8,
  name: 'OffsetCommit',
  min: 2,
  max: 7,
  handle(request, context) {
    const { broker, version } = context;
    const groupId = request.string();
    const generation = request.int32();
    const memberId = request.string();
    const instanceId = version >= 7 ? request.nullableString() : null;
    if (version <= 4) request.int64(); // retention time: offsets do not expire here
    const topics = readCommits(request, version >= 6);
    const answer = new Writer();
    if (version >= 3) answer.int32(0);
    return commitAll(topics, answer, context, (accepted) => {
      broker.groups.checkCommit(groupId, memberId, instanceId, generation);
      if (accepted.length > 0) broker.groups.commit(groupId, accepted);
    });
  },
};

export const offsetFetch: Api = {
  key: 9,
  name: 'OffsetFetch',
  min: 1,
  max: 5,
  async handle(request, { broker, version }) {
    const groupId = request.string();
    const wanted = request.nullableArray(() => ({
      name: request.string(),
      partitions: request.array(() => request.int32()),
    }));
    const topics = wanted ?? committed(broker.offsets.committed(groupId));
    const found = topics.map(({ name, partitions }) => ({
      name,
      commits: partitions.map((partition) => ({ partition, commit: broker.offsets.get(groupId, name, partition) })),
    }));
    await broker.store.flushed(); // never an offset that a crash could take back
    const answer = new Writer();
    if (version >= 3) answer.int32(0);
    answer.array(found, ({ name, commits }) => {
      answer.string(name).array(commits, ({ partition, commit }) => {
        answer.int32(partition).int64(commit?.offset ?? -1);
        if (version >= 5) answer.int32(commit?.leaderEpoch ?? -1);
        answer.nullableString(commit ? commit.metadata : '').int16(ErrorCode.NONE);
      });
    });
    return version >= 2 ? answer.int16(ErrorCode.NONE) : answer;
  },
};

function committed(commits: readonly OffsetCommit[]): { name: string; partitions: number[] }[] {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of commits) topics.set(topic, [...(topics.get(topic) ?? []), partition]);
  return [...topics].map(([name, partitions]) => ({ name, partitions }));
}
