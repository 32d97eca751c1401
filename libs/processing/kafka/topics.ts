import type { Admin, ITopicConfig } from 'kafkajs';
import {
  BUSINESS_EVENTS_TOPIC,
  CUSTOMER_EVENTS_TOPIC,
  EVENT_PARTITIONS,
  PUBLISHER_POSITIONS_TOPIC,
} from '#contracts/topics.js';

const FOR_EVER = { name: 'retention.ms', value: '-1' };

const TOPICS: ITopicConfig[] = [
  {
    topic: CUSTOMER_EVENTS_TOPIC,
    numPartitions: EVENT_PARTITIONS,
    configEntries: [{ name: 'cleanup.policy', value: 'delete' }, FOR_EVER],
  },
  {
    topic: BUSINESS_EVENTS_TOPIC,
    numPartitions: EVENT_PARTITIONS,
    configEntries: [{ name: 'cleanup.policy', value: 'delete' }, FOR_EVER],
  },
  {
    topic: PUBLISHER_POSITIONS_TOPIC,
    numPartitions: 1,
    configEntries: [
      { name: 'cleanup.policy', value: 'compact' },
      // Small segments, because only closed ones are compacted, and a start reads what is left.
      { name: 'segment.bytes', value: '1048576' },
    ],
  },
];

/** Makes the topics that are missing. An existing one is never changed. */
export async function ensureTopics(admin: Admin): Promise<void> {
  const existing = new Set(await admin.listTopics());
  const topics = TOPICS.filter(({ topic }) => !existing.has(topic));
  if (topics.length > 0) await admin.createTopics({ topics, waitForLeaders: true });
}
