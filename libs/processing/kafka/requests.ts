import type { Message, TopicMessages } from 'kafkajs';

/** A message and where it goes. */
export interface AddressedMessage {
  topic: string;
  message: Message;
}

/**
 * A broker refuses what is larger than `max.message.bytes`, 1 MiB unless told, for all records of one partition in one
 * request: of a customer with many events, or large ones, a whole batch can be. One request stays below it whatever
 * the keys are.
 */
const LARGEST_REQUEST = 900_000;
/** Key, headers and framing of a record, generously. */
const OVERHEAD = 800;

/** The messages as requests to send one after the other, in order. */
export function toRequests(addressed: readonly AddressedMessage[], largest = LARGEST_REQUEST): TopicMessages[][] {
  const requests: Map<string, Message[]>[] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const { topic, message } of addressed) {
    const bytes = Buffer.byteLength(message.value ?? '') + OVERHEAD;
    if (size + bytes > largest) {
      requests.push(new Map());
      size = 0;
    }
    size += bytes;
    const topics = requests.at(-1)!;
    const messages = topics.get(topic);
    if (messages) messages.push(message);
    else topics.set(topic, [message]);
  }
  return requests.map((topics) => [...topics].map(([topic, messages]) => ({ topic, messages })));
}

/** The same with one message more in the last request: what must stand behind all others. */
export function withLast(requests: TopicMessages[][], { topic, message }: AddressedMessage): TopicMessages[][] {
  const last = [...(requests.at(-1) ?? []), { topic, messages: [message] }];
  return [...requests.slice(0, -1), last];
}
