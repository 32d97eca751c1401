import type { Admin, Message, TopicMessages } from 'kafkajs';
import { partitionOf } from '../murmur2.js';

/** Which broker leads each partition of each topic. */
export type Leaders = ReadonlyMap<string, readonly number[]>;

export async function leadersOf(admin: Admin, topics: string[]): Promise<Leaders> {
  const metadata = await admin.fetchTopicMetadata({ topics });
  return new Map(
    metadata.topics.map(({ name, partitions }) => {
      const inOrder = [...partitions].sort((a, b) => a.partitionId - b.partitionId);
      return [name, inOrder.map(({ leader }) => leader)];
    }),
  );
}

/**
 * What goes to each broker, to be sent one after the other. A transaction takes in the partitions of one request at a
 * time: of requests to several brokers at once all but one are refused, and kafkajs then sends all of them again
 * (see SentRecords). Leaders may have moved since: that is found out after the send.
 */
export function byLeader(messages: TopicMessages[], leaders: Leaders): TopicMessages[][] {
  if (new Set([...leaders.values()].flat()).size <= 1) return [messages];
  const shares = new Map<number, Map<string, Message[]>>();
  for (const { topic, messages: ofTopic } of messages) {
    const ofPartitions = leaders.get(topic)!;
    for (const message of ofTopic) {
      const leader = ofPartitions[partitionOf(message.key ?? '', ofPartitions.length)]!;
      const share = shares.get(leader) ?? new Map<string, Message[]>();
      shares.set(leader, share);
      const sameTopic = share.get(topic);
      if (sameTopic) sameTopic.push(message);
      else share.set(topic, [message]);
    }
  }
  return [...shares.values()].map((share) => [...share].map(([topic, ofTopic]) => ({ topic, messages: ofTopic })));
}
