import type { Message, TopicMessages } from 'kafkajs';
import type { Recorded } from '#contracts/envelope.js';
import { PublishedFields } from '#contracts/published-fields.js';
import { toCloudEvent, topicOf } from './cloud-event.js';

/**
 * A broker refuses what is larger than `max.message.bytes`, 1 MiB unless told, for all records of one partition in one
 * request: of a customer with many events, or large ones, a whole batch can be. One request stays below it whatever
 * the keys are.
 */
const LARGEST_REQUEST = 900_000;
/** Key, headers and framing of a record, generously. */
const OVERHEAD = 800;

/** The events as requests to send one after the other, in order. */
export function toRequests(
  events: Recorded[],
  published = PublishedFields.none,
  largest = LARGEST_REQUEST,
): TopicMessages[][] {
  const requests: Map<string, Message[]>[] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const event of events) {
    const message = toCloudEvent(event, published);
    const bytes = Buffer.byteLength(message.value as string) + OVERHEAD;
    if (size + bytes > largest) {
      requests.push(new Map());
      size = 0;
    }
    size += bytes;
    const topics = requests.at(-1)!;
    const messages = topics.get(topicOf(event));
    if (messages) messages.push(message);
    else topics.set(topicOf(event), [message]);
  }
  return requests.map((topics) => [...topics].map(([topic, messages]) => ({ topic, messages })));
}
