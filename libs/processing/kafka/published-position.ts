import type { Kafka, Producer } from 'kafkajs';
import { newId } from '#contracts/ids.js';
import { PUBLISHER_POSITIONS_TOPIC } from '#contracts/topics.js';
import { isServerAway } from '#platform/server-away.js';
import { type Position, ProcessorStopped } from '../processor.js';
import type { AddressedMessage } from './requests.js';

/** Of which publisher: under which keys its position and its fence markers stand. */
export interface PositionKeys {
  position: string;
  fence: string;
}

/** The value of a position record: the last one of its key is the position. */
export interface PublishedPosition {
  storeId: string;
  /** null: nothing yet. */
  position: string | null;
  /** The personal fields that every event from the beginning up to there was published with; left out: none. */
  personal?: readonly string[];
}

/** Each read is a group of its own: in a shared one it would wait for a reader that died until its session ends. */
const READER_GROUP = 'rapport.publisher.positions.reader';
/** How long the marker may take to arrive: far longer than it does, short enough to say that something is wrong. */
const MARKER_TIMEOUT_MS = 30_000;

/**
 * Ends whatever an earlier publisher has open and answers the position that it committed.
 *
 * kafkajs fences an earlier producer only with its first transaction, so that transaction commits a marker: every
 * record that an earlier producer committed stands before the marker, and nothing of it can come after. The topic is
 * then read, committed records only, up to the marker.
 */
export async function fenceAndReadPosition(
  kafka: Kafka,
  producer: Producer,
  keys: PositionKeys,
): Promise<PublishedPosition | undefined> {
  const marker = newId();
  const transaction = await producer.transaction();
  try {
    await transaction.send({ topic: PUBLISHER_POSITIONS_TOPIC, messages: [{ key: keys.fence, value: marker }] });
    await transaction.commit();
  } catch (error) {
    if (!isServerAway(error)) await transaction.abort().catch(() => {});
    throw error;
  }
  return readUpTo(kafka, keys, marker);
}

async function readUpTo(kafka: Kafka, keys: PositionKeys, marker: string): Promise<PublishedPosition | undefined> {
  const consumer = kafka.consumer({
    groupId: `${READER_GROUP}.${marker}`,
    readUncommitted: false,
    retry: { retries: 5 },
  });
  let found: PublishedPosition | undefined;
  await consumer.connect();
  try {
    // The group has no committed offsets: it reads the little that compaction has left, from the beginning.
    await consumer.subscribe({ topic: PUBLISHER_POSITIONS_TOPIC, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`The publisher's own marker did not arrive in ${MARKER_TIMEOUT_MS} ms.`)),
        MARKER_TIMEOUT_MS,
      );
      const settle = (finish: () => void) => {
        clearTimeout(timer);
        finish();
      };
      consumer
        .run({
          autoCommit: false,
          eachMessage: async ({ message }) => {
            const [key, value] = [message.key?.toString(), message.value?.toString() ?? ''];
            if (key === keys.position) found = JSON.parse(value) as PublishedPosition;
            else if (key === keys.fence && value === marker) settle(resolve);
          },
        })
        .catch((error: Error) => settle(() => reject(error)));
    });
  } finally {
    await consumer.disconnect().catch(() => {});
  }
  return found;
}

/** The position as a message to be sent in the same transaction as what was published up to it. */
export function positionMessage(
  { position: key }: PositionKeys,
  storeId: string,
  position: Position,
  personal: readonly string[] = [],
): AddressedMessage {
  const published: PublishedPosition = {
    storeId,
    position: position?.toString() ?? null,
    ...(personal.length > 0 && { personal }),
  };
  return { topic: PUBLISHER_POSITIONS_TOPIC, message: { key, value: JSON.stringify(published) } };
}

/**
 * The position, where it is one of this store's history.
 * @param end of the store.
 * @throws ProcessorStopped
 */
export function verifiedPosition(published: PublishedPosition | undefined, storeId: string, end: Position): Position {
  if (published === undefined || published.position === null) return undefined;
  if (published.storeId !== storeId) {
    throw new ProcessorStopped(
      `The topics were published from event store ${published.storeId}, but this is ${storeId}. ` +
        'Use other topics, or delete these.',
    );
  }
  const position = BigInt(published.position);
  if (position > (end ?? -1n)) {
    throw new ProcessorStopped(
      `The topics were published up to position ${position}, beyond the end of the event store (${end ?? 'empty'}): ` +
        'the store lost events or was replaced. Restore it, or delete the topics.',
    );
  }
  return position;
}
