import { HOST, NODE_ID } from '../broker.js';
import { codeOf, ErrorCode } from '../errors.js';
import { LEADER_EPOCH } from '../record-batch.js';
import { Writer } from '../wire.js';
import type { Api, RequestContext } from './api.js';

/** Stands for "the authorised operations were not asked for". */
export const NO_OPERATIONS = -2147483648;

export const metadata: Api = {
  key: 3,
  name: 'Metadata',
  min: 0,
  max: 8,
  async handle(request, context) {
    const { broker, version } = context;
    let names = request.nullableArray(() => request.string());
    if (version === 0 && names?.length === 0) names = null; // in version 0 an empty list asks for all
    const mayCreate = version < 4 || request.boolean();
    const found = (names ?? broker.topics.all().map(({ state }) => state.name)).map((name) =>
      find(name, mayCreate, context),
    );
    await broker.store.flushed(); // created topics are on disk before anyone hears of them
    const answer = new Writer();
    if (version >= 3) answer.int32(0);
    answer.array([NODE_ID], (node) => {
      answer.int32(node).string(HOST).int32(broker.port);
      if (version >= 1) answer.nullableString(null);
    });
    if (version >= 2) answer.string(broker.clusterId);
    if (version >= 1) answer.int32(NODE_ID);
    answer.array(found, ({ error, name, partitions }) => {
      answer.int16(error).string(name);
      if (version >= 1) answer.boolean(false);
      answer.array([...Array(partitions).keys()], (partition) => {
        answer.int16(ErrorCode.NONE).int32(partition).int32(NODE_ID);
        if (version >= 7) answer.int32(LEADER_EPOCH);
        for (let list = 0; list < 2; list++) answer.array([NODE_ID], (node) => answer.int32(node)); // replicas, in sync
        if (version >= 5) answer.int32(0); // offline
      });
      if (version >= 8) answer.int32(NO_OPERATIONS);
    });
    return version >= 8 ? answer.int32(NO_OPERATIONS) : answer;
  },
};

function find(name: string, mayCreate: boolean, { broker }: RequestContext) {
  try {
    let topic = broker.topics.get(name);
    if (!topic && mayCreate && broker.configs.get('auto.create.topics.enable') === 'true')
      topic = broker.topics.create(name, broker.configs.number('num.partitions'), {});
    if (!topic) return { error: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, name, partitions: 0 };
    return { error: ErrorCode.NONE, name, partitions: topic.logs.length };
  } catch (error) {
    return { error: codeOf(error), name, partitions: 0 };
  }
}

export const findCoordinator: Api = {
  key: 10,
  name: 'FindCoordinator',
  min: 0,
  max: 2,
  handle(request, { broker, version }) {
    request.string(); // the only node coordinates every group and transaction
    const type = version >= 1 ? request.int8() : 0;
    const error = type === 0 || type === 1 ? ErrorCode.NONE : ErrorCode.INVALID_REQUEST;
    const answer = new Writer();
    if (version >= 1) answer.int32(0);
    answer.int16(error);
    if (version >= 1) answer.nullableString(null);
    return answer.int32(NODE_ID).string(HOST).int32(broker.port);
  },
};
