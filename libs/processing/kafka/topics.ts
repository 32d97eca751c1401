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

/** Every topic of Rapport's. */
export const TOPICS: readonly TopicDeclaration[] = [
  keptForEver(CUSTOMER_EVENTS_TOPIC, EVENT_PARTITIONS),
  keptForEver(BUSINESS_EVENTS_TOPIC, EVENT_PARTITIONS),
  compacted(CUSTOMER_360_TOPIC, EVENT_PARTITIONS),
  compacted(LOYALTY_LEVEL_TOPIC, EVENT_PARTITIONS),
  // Small segments, because only closed ones are compacted, and a start reads what is left.
  compacted(PUBLISHER_POSITIONS_TOPIC, 1, { 'segment.bytes': '1048576' }),
];

function keptForEver(topic: string, partitions: number): TopicDeclaration {
  return { topic, partitions, configs: { 'cleanup.policy': 'delete', 'retention.ms': '-1' } };
}

function compacted(topic: string, partitions: number, more: Record<string, string> = {}): TopicDeclaration {
  return { topic, partitions, configs: { 'cleanup.policy': 'compact', ...more } };
}
