import {
  BUSINESS_EVENTS_TOPIC,
  CUSTOMER_360_TOPIC,
  CUSTOMER_EVENTS_TOPIC,
  EVENT_PARTITIONS,
  LOYALTY_LEVEL_TOPIC,
  PUBLISHER_POSITIONS_TOPIC,
} from '#contracts/topics.js';

/** How a topic has to be. What is not said here is the brokers' own business. */
export interface TopicDeclaration {
  topic: string;
  partitions: number;
  configs: Readonly<Record<string, string>>;
}

/**
 * Whatever share of the log is new: what a state told of somebody who was erased goes, however little is sent afterwards.
 * Brokers close a segment at that age too.
 */
const COMPACTED_WITHIN_A_WEEK = { 'max.compaction.lag.ms': '604800000' };

/** Every topic of Rapport's. */
export const TOPICS: readonly TopicDeclaration[] = [
  keptForEver(CUSTOMER_EVENTS_TOPIC, EVENT_PARTITIONS),
  keptForEver(BUSINESS_EVENTS_TOPIC, EVENT_PARTITIONS),
  compacted(CUSTOMER_360_TOPIC, EVENT_PARTITIONS, COMPACTED_WITHIN_A_WEEK),
  compacted(LOYALTY_LEVEL_TOPIC, EVENT_PARTITIONS, COMPACTED_WITHIN_A_WEEK),
  // Small segments, because only closed ones are compacted, and a start reads what is left.
  compacted(PUBLISHER_POSITIONS_TOPIC, 1, { 'segment.bytes': '1048576' }),
];

function keptForEver(topic: string, partitions: number): TopicDeclaration {
  return { topic, partitions, configs: { 'cleanup.policy': 'delete', 'retention.ms': '-1' } };
}

function compacted(topic: string, partitions: number, more: Record<string, string> = {}): TopicDeclaration {
  return { topic, partitions, configs: { 'cleanup.policy': 'compact', ...more } };
}
