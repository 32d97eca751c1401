import { CorruptRecord } from '../checked-record.js';
import type { AbortedTransaction } from './aborted-transactions.js';
import { type BrokerConfigs, checkTopicConfigs } from './configs.js';
import { removeBatchesBefore } from './deletion.js';
import { ErrorCode, KafkaError } from './errors.js';
import { PartitionLog } from './log.js';
import type { PartitionState, Segment } from './partition-state.js';
import type { ProducerState } from './producers.js';
import { type Store, stateKey } from './store.js';

const MAX_PARTITIONS = 10_000;

interface TopicState {
  id: number;
  name: string;
  partitions: number;
  configs: Record<string, string>;
}

export interface Topic {
  state: TopicState;
  logs: PartitionLog[];
}

/** The topics and their partitions. Ids are never used twice, so a deleted topic's batches are nobody's. */
export class Topics {
  private readonly byName = new Map<string, Topic>();
  private readonly deleting = new Map<number, { id: number; partitions: number }>();
  private readonly counter: { nextId: number };

  constructor(
    private readonly store: Store,
    private readonly configs: BrokerConfigs,
    loaded: ReadonlyMap<string, unknown>,
  ) {
    this.counter = (loaded.get('topics') as { nextId: number } | undefined) ?? { nextId: 1 };
    const closed = new Map<string, Segment[]>();
    const producers = new Map<string, ProducerState[]>();
    const aborted = new Map<string, AbortedTransaction[]>();
    const children = { segment: closed, producer: producers, aborted } as Record<string, Map<string, unknown[]>>;
    for (const [key, state] of loaded) {
      const [kind, topicId, partition] = key.split('/') as [string, string, string];
      const of = `${topicId}/${partition}`;
      const map = children[kind];
      if (map) map.get(of)?.push(state) ?? map.set(of, [state]);
      else if (kind === 'deleting') this.deleting.set(Number(topicId), state as { id: number; partitions: number });
    }
    for (const [key, value] of loaded) {
      if (!key.startsWith('topic/')) continue;
      const state = value as TopicState;
      const logs = Array.from({ length: state.partitions }, (_, partition) => {
        const of = `${state.id}/${partition}`;
        const partitionState = loaded.get(stateKey('partition', state.id, partition)) as PartitionState | undefined;
        if (!partitionState) throw new CorruptRecord(`Partition ${state.name}-${partition}`);
        return new PartitionLog(store, `${state.name}-${partition}`, configs.topic(state.configs), {
          state: partitionState,
          closed: closed.get(of) ?? [],
          producers: producers.get(of) ?? [],
          aborted: aborted.get(of) ?? [],
        });
      });
      this.byName.set(state.name, { state, logs });
    }
  }

  all(): Topic[] {
    return [...this.byName.values()];
  }

  get(name: string): Topic | undefined {
    return this.byName.get(name);
  }

  /** @throws KafkaError UNKNOWN_TOPIC_OR_PARTITION */
  log(name: string, partition: number): PartitionLog {
    const log = this.byName.get(name)?.logs[partition];
    if (!log) throw new KafkaError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `There is no partition ${name}-${partition}.`);
    return log;
  }

  /** Checks a topic that is to be created. @throws KafkaError */
  check(name: string, partitions: number, configs: Record<string, string | null>) {
    if (!/^[a-zA-Z0-9._-]{1,249}$/.test(name) || name === '.' || name === '..')
      throw new KafkaError(ErrorCode.INVALID_TOPIC, `${JSON.stringify(name)} is no topic name.`);
    if (this.byName.has(name)) throw new KafkaError(ErrorCode.TOPIC_ALREADY_EXISTS, `Topic '${name}' already exists.`);
    const plain = name.replaceAll('.', '_');
    for (const other of this.byName.keys())
      if (other.replaceAll('.', '_') === plain)
        throw new KafkaError(ErrorCode.INVALID_TOPIC, `Topic '${name}' differs from '${other}' only in '.' and '_'.`);
    if (partitions < 1 || partitions > MAX_PARTITIONS)
      throw new KafkaError(ErrorCode.INVALID_PARTITIONS, `A topic has 1 to ${MAX_PARTITIONS} partitions.`);
    checkTopicConfigs(configs);
  }

  create(name: string, partitions: number, configs: Record<string, string>): Topic {
    this.check(name, partitions, configs);
    const state: TopicState = { id: this.counter.nextId++, name, partitions: 0, configs };
    const topic: Topic = { state, logs: [] };
    this.byName.set(name, topic);
    this.store.putState('topics', this.counter);
    this.grow(topic, partitions);
    return topic;
  }

  /** Checks a number of partitions that a topic is to grow to. @throws KafkaError INVALID_PARTITIONS */
  checkGrowth({ state, logs }: Topic, partitions: number) {
    if (partitions <= logs.length || partitions > MAX_PARTITIONS)
      throw new KafkaError(
        ErrorCode.INVALID_PARTITIONS,
        `Topic '${state.name}' has ${logs.length} partitions and cannot have ${partitions}.`,
      );
  }

  /** Adds partitions up to this number. */
  grow({ state, logs }: Topic, partitions: number) {
    const configs = this.configs.topic(state.configs);
    for (let partition = logs.length; partition < partitions; partition++)
      logs.push(PartitionLog.create(this.store, `${state.name}-${partition}`, configs, state.id, partition));
    state.partitions = partitions;
    this.store.putState(stateKey('topic', state.name), state);
  }

  /** The topic is gone at once; its batches are removed by `sweep`. */
  delete(topic: Topic) {
    const { id, name, partitions } = topic.state;
    this.byName.delete(name);
    for (const log of topic.logs) log.drop();
    this.store.removeState(stateKey('topic', name));
    const rest = { id, partitions };
    this.deleting.set(id, rest);
    this.store.putState(stateKey('deleting', id), rest);
  }

  /** Removes the batches of deleted topics, and those before their log's start that an earlier run left. */
  async sweep() {
    for (const { id, partitions } of [...this.deleting.values()]) {
      for (let partition = 0; partition < partitions; partition++)
        await removeBatchesBefore(this.store, id, partition, Number.MAX_SAFE_INTEGER);
      this.deleting.delete(id);
      this.store.removeState(stateKey('deleting', id));
    }
    for (const { logs } of this.all())
      for (const { state } of logs)
        if (state.logStart > 0) await removeBatchesBefore(this.store, state.topicId, state.partition, state.logStart);
  }
}
