import { codeOf, ErrorCode, KafkaError } from '../errors.js';
import type { Topics } from '../topics.js';
import { Writer } from '../wire.js';
import type { Api, RequestContext } from './api.js';

interface NewTopic {
  name: string;
  partitions: number;
  replicas: number;
  assignments: number[];
  configs: [name: string, value: string | null][];
}

export const createTopics: Api = {
  key: 19,
  name: 'CreateTopics',
  min: 0,
  max: 4,
  async handle(request, context) {
    const { broker, version } = context;
    const wanted = request.array(
      (): NewTopic => ({
        name: request.string(),
        partitions: request.int32(),
        replicas: request.int16(),
        assignments: request.array(() => {
          const partition = request.int32();
          request.array(() => request.int32());
          return partition;
        }),
        configs: request.array(() => [request.string(), request.nullableString()]),
      }),
    );
    request.int32(); // timeout
    const validateOnly = version >= 1 && request.boolean();
    const results = wanted.map((topic) => {
      const isTwice = wanted.filter(({ name }) => name === topic.name).length > 1;
      return { name: topic.name, ...refusal(() => create(topic, isTwice, validateOnly, context)) };
    });
    await broker.store.flushed();
    const answer = new Writer();
    if (version >= 2) answer.int32(0);
    return answer.array(results, ({ name, error, message }) => {
      answer.string(name).int16(error);
      if (version >= 1) answer.nullableString(message);
    });
  },
};

function create(topic: NewTopic, isTwice: boolean, validateOnly: boolean, { broker }: RequestContext) {
  if (isTwice) throw new KafkaError(ErrorCode.INVALID_REQUEST, `Topic '${topic.name}' is in the request twice.`);
  if (topic.assignments.length === 0 && topic.replicas !== 1 && topic.replicas !== -1)
    throw new KafkaError(ErrorCode.INVALID_REPLICATION_FACTOR, 'There is one broker, so the replication factor is 1.');
  const byDefault = topic.partitions === -1 ? broker.configs.number('num.partitions') : topic.partitions;
  const partitions = topic.assignments.length || byDefault;
  const configs = Object.fromEntries(topic.configs);
  if (validateOnly) broker.topics.check(topic.name, partitions, configs);
  else broker.topics.create(topic.name, partitions, configs as Record<string, string>);
}

/** Runs one piece of an administrative request and gives the error code and message to answer. */
function refusal(run: () => void): { error: number; message: string | null } {
  try {
    run();
    return { error: ErrorCode.NONE, message: null };
  } catch (error) {
    return { error: codeOf(error), message: (error as KafkaError).message };
  }
}

export const deleteTopics: Api = {
  key: 20,
  name: 'DeleteTopics',
  min: 0,
  max: 3,
  async handle(request, { broker, version }) {
    const names = request.array(() => request.string());
    request.int32(); // timeout
    const results = names.map((name) => {
      const deleted = refusal(() => {
        broker.topics.delete(existing(broker.topics, name));
        broker.offsets.deleteTopic(name);
      });
      return { name, error: deleted.error };
    });
    await broker.store.flushed();
    broker.maintenance.sweep();
    const answer = new Writer();
    if (version >= 1) answer.int32(0);
    return answer.array(results, ({ name, error }) => answer.string(name).int16(error));
  },
};

export const createPartitions: Api = {
  key: 37,
  name: 'CreatePartitions',
  min: 0,
  max: 1,
  async handle(request, { broker }) {
    const wanted = request.array(() => ({
      name: request.string(),
      count: request.int32(),
      assignments: request.array(() => request.array(() => request.int32())),
    }));
    request.int32(); // timeout
    const validateOnly = request.boolean();
    const results = wanted.map(({ name, count }) => ({
      name,
      ...refusal(() => {
        const topic = existing(broker.topics, name);
        broker.topics.checkGrowth(topic, count);
        if (!validateOnly) broker.topics.grow(topic, count);
      }),
    }));
    await broker.store.flushed();
    const answer = new Writer().int32(0);
    return answer.array(results, ({ name, error, message }) => {
      answer.string(name).int16(error).nullableString(message);
    });
  },
};

function existing(topics: Topics, name: string) {
  const topic = topics.get(name);
  if (!topic) throw new KafkaError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `There is no topic '${name}'.`);
  return topic;
}
