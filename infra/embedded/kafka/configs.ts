import { ErrorCode, KafkaError } from './errors.js';

type Check = (value: string) => boolean;

interface Definition {
  default: string;
  check: Check;
  /** The broker's configuration that gives the default of this topic configuration. */
  broker?: string;
}

const integer =
  (min: number, max = Number.MAX_SAFE_INTEGER): Check =>
  (value) =>
    /^-?\d+$/.test(value) && Number(value) >= min && (Number(value) <= max || value === LONG_MAX);
const ratio: Check = (value) => value !== '' && Number(value) >= 0 && Number(value) <= 1;
const oneOf =
  (...values: string[]): Check =>
  (value) =>
    values.includes(value);
const LONG_MAX = '9223372036854775807';
const INT_MAX = 2 ** 31 - 1;
const policies: Check = (value) => value.split(',').every((policy) => ['delete', 'compact'].includes(policy.trim()));

/** What a topic can be given. Those of the second group are kept and described, but mean nothing to a single node. */
const TOPIC: Record<string, Definition> = {
  'cleanup.policy': { default: 'delete', check: policies, broker: 'log.cleanup.policy' },
  'compression.type': { default: 'producer', check: oneOf('producer'), broker: 'compression.type' },
  'delete.retention.ms': {
    default: '86400000',
    check: integer(0),
    broker: 'log.cleaner.delete.retention.ms',
  },
  'max.compaction.lag.ms': {
    default: LONG_MAX,
    check: integer(1),
    broker: 'log.cleaner.max.compaction.lag.ms',
  },
  'max.message.bytes': { default: '1048588', check: integer(0, INT_MAX), broker: 'message.max.bytes' },
  'message.timestamp.type': {
    default: 'CreateTime',
    check: oneOf('CreateTime', 'LogAppendTime'),
    broker: 'log.message.timestamp.type',
  },
  'min.cleanable.dirty.ratio': { default: '0.5', check: ratio, broker: 'log.cleaner.min.cleanable.ratio' },
  'min.compaction.lag.ms': { default: '0', check: integer(0), broker: 'log.cleaner.min.compaction.lag.ms' },
  'retention.bytes': { default: '-1', check: integer(-1), broker: 'log.retention.bytes' },
  'retention.ms': { default: '604800000', check: integer(-1), broker: 'log.retention.ms' },
  'segment.bytes': { default: '1073741824', check: integer(14, INT_MAX), broker: 'log.segment.bytes' },
  'segment.ms': { default: '604800000', check: integer(1), broker: 'log.roll.ms' },

  'file.delete.delay.ms': { default: '60000', check: integer(0) },
  'flush.messages': { default: LONG_MAX, check: integer(1) },
  'flush.ms': { default: LONG_MAX, check: integer(0) },
  'index.interval.bytes': { default: '4096', check: integer(0, INT_MAX) },
  'min.insync.replicas': { default: '1', check: integer(1, INT_MAX) },
  preallocate: { default: 'false', check: oneOf('true', 'false') },
  'segment.index.bytes': { default: '10485760', check: integer(4, INT_MAX) },
  'segment.jitter.ms': { default: '0', check: integer(0) },
  'unclean.leader.election.enable': { default: 'false', check: oneOf('true', 'false') },
};

/** The broker's own configurations, with Kafka's defaults except where one node calls for another. */
const BROKER: Record<string, Definition> = {
  'auto.create.topics.enable': { default: 'true', check: oneOf('true', 'false') },
  'default.replication.factor': { default: '1', check: oneOf('1') },
  'group.initial.rebalance.delay.ms': { default: '0', check: integer(0) },
  'group.max.session.timeout.ms': { default: '1800000', check: integer(1) },
  'group.min.session.timeout.ms': { default: '6000', check: integer(1) },
  'log.cleaner.backoff.ms': { default: '15000', check: integer(1) },
  'log.retention.check.interval.ms': { default: '300000', check: integer(1) },
  'num.partitions': { default: '1', check: integer(1, 10_000) },
  'offset.metadata.max.bytes': { default: '4096', check: integer(0) },
  'producer.id.expiration.ms': { default: '86400000', check: integer(1) },
  'socket.request.max.bytes': { default: '104857600', check: integer(1024, INT_MAX) },
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': { default: '1000', check: integer(1) },
  'transaction.max.timeout.ms': { default: '900000', check: integer(1) },
};
for (const { broker, default: value, check } of Object.values(TOPIC))
  if (broker) BROKER[broker] = { default: value, check };

/** KIP-226's sources, as DescribeConfigs numbers them. */
export const ConfigSource = { topic: 1, broker: 4, default: 5 } as const;

export interface ConfigEntry {
  name: string;
  value: string;
  source: number;
}

/** The broker's configuration: what was given at its start over the defaults. */
export class BrokerConfigs {
  constructor(private readonly given: Record<string, string> = {}) {
    for (const [name, value] of Object.entries(given))
      if (!Object.hasOwn(BROKER, name) || !BROKER[name]!.check(value))
        throw new Error(`${name}=${value} is no configuration of the embedded broker.`);
  }

  get(name: string): string {
    const value = this.given[name] ?? BROKER[name]?.default;
    if (value === undefined) throw new Error(`The broker has no configuration ${name}.`);
    return value;
  }

  number(name: string): number {
    return Number(this.get(name));
  }

  entries(): ConfigEntry[] {
    return Object.keys(BROKER).map((name) => ({
      name,
      value: this.get(name),
      source: name in this.given ? ConfigSource.broker : ConfigSource.default,
    }));
  }

  /** Every configuration of a topic, with where its value comes from. */
  topicEntries(given: Record<string, string>): ConfigEntry[] {
    return Object.entries(TOPIC).map(([name, { default: value, broker }]) => {
      if (given[name] !== undefined) return { name, value: given[name], source: ConfigSource.topic };
      if (broker !== undefined && this.given[broker] !== undefined)
        return { name, value: this.given[broker], source: ConfigSource.broker };
      return { name, value, source: ConfigSource.default };
    });
  }

  topic(given: Record<string, string>): TopicConfigs {
    return new TopicConfigs(new Map(this.topicEntries(given).map(({ name, value }) => [name, value])));
  }
}

/** Checks what a topic is to be created with. @throws KafkaError INVALID_CONFIG */
export function checkTopicConfigs(given: Record<string, string | null>) {
  for (const [name, value] of Object.entries(given))
    if (value === null || !Object.hasOwn(TOPIC, name) || !TOPIC[name]!.check(value))
      throw new KafkaError(ErrorCode.INVALID_CONFIG, `${name}=${value} is no topic configuration of this broker.`);
}

/** A topic's configuration in effect, typed. */
export class TopicConfigs {
  readonly isCompacted: boolean;
  readonly isDeleted: boolean;
  readonly usesAppendTime: boolean;
  readonly maxMessageBytes: number;
  readonly segmentBytes: number;
  /** Of a compacted topic no longer than records may wait for compaction. */
  readonly segmentMs: number;
  readonly retentionMs: number;
  readonly retentionBytes: number;
  readonly deleteRetentionMs: number;
  readonly minCleanableDirtyRatio: number;
  readonly minCompactionLagMs: number;
  readonly maxCompactionLagMs: number;

  constructor(values: ReadonlyMap<string, string>) {
    const policy = values.get('cleanup.policy')!;
    this.isCompacted = policy.includes('compact');
    this.isDeleted = policy.includes('delete');
    this.usesAppendTime = values.get('message.timestamp.type') === 'LogAppendTime';
    this.maxMessageBytes = Number(values.get('max.message.bytes'));
    this.segmentBytes = Number(values.get('segment.bytes'));
    this.maxCompactionLagMs = Number(values.get('max.compaction.lag.ms'));
    const segmentMs = Number(values.get('segment.ms'));
    this.segmentMs = this.isCompacted ? Math.min(segmentMs, this.maxCompactionLagMs) : segmentMs;
    this.retentionMs = Number(values.get('retention.ms'));
    this.retentionBytes = Number(values.get('retention.bytes'));
    this.deleteRetentionMs = Number(values.get('delete.retention.ms'));
    this.minCleanableDirtyRatio = Number(values.get('min.cleanable.dirty.ratio'));
    this.minCompactionLagMs = Number(values.get('min.compaction.lag.ms'));
  }
}
