import type { Admin } from 'kafkajs';
import { EVENT_PARTITIONS, CUSTOMER_EVENTS_TOPIC as TOPIC } from '#contracts/topics.js';
import type { Position } from '../processor.js';
import { PartitionReading } from './partition-reading.js';
import { type Assignment, PROJECTIONS_GROUP } from './topic-group.js';

/** How much further it is looked back each time for a record that everybody has. */
const FURTHER = 60;

/**
 * The partitions of an assignment, each from where it may be read on: from the last record that the group says is stored,
 * if there is one, else from further back.
 * @param after the position up to which nothing is asked for.
 */
export async function beginPartitions({ admin, partitions }: Assignment, after: Position): Promise<PartitionReading[]> {
  const [ends, [committed]] = await Promise.all([
    admin.fetchTopicOffsets(TOPIC),
    admin.fetchOffsets({ groupId: PROJECTIONS_GROUP, topics: [TOPIC] }),
  ]);
  if (ends.length !== EVENT_PARTITIONS) {
    throw new Error(
      `${TOPIC} has ${ends.length} partitions instead of ${EVENT_PARTITIONS}: take --source event-store.`,
    );
  }
  const readings: PartitionReading[] = [];
  for (const partition of partitions) {
    const { low, high } = ends.find((end) => end.partition === partition)!;
    const next = committed?.partitions.find((each) => each.partition === partition)?.offset;
    const stored = BigInt(next ?? -1) - 1n;
    const isThere = after !== undefined && stored >= BigInt(low) && stored < BigInt(high);
    const reading = new PartitionReading(partition, after, isThere ? stored : BigInt(high));
    if (!isThere) reading.restart(await earlierStart(admin, reading, Date.now()));
    readings.push(reading);
  }
  return readings;
}

/**
 * Where to begin a partition that was begun too late: at the first record of a minute before, then of an hour before, … then
 * at its beginning. Clocks only say where to look: whether it is far enough is told by the position of that record.
 * @param time when the record was appended at which it was begun, in ms.
 * @throws Error when what is asked for was deleted.
 */
export async function earlierStart(admin: Admin, reading: PartitionReading, time: number): Promise<bigint> {
  const { partition, after, start } = reading;
  const ends = await admin.fetchTopicOffsets(TOPIC);
  const low = BigInt(ends.find((end) => end.partition === partition)!.low);
  while (after !== undefined && reading.lookBackMs < time) {
    const found = await admin.fetchTopicOffsetsByTimestamp(TOPIC, time - reading.lookBackMs);
    reading.lookBackMs *= FURTHER;
    const offset = BigInt(found.find((each) => each.partition === partition)!.offset);
    if (offset < start && offset > low) return offset;
  }
  if (low > 0n && (after === undefined || start === low)) {
    throw new Error(
      `Partition ${partition} of ${TOPIC} begins at offset ${low}: what stood before was deleted, and is needed. ` +
        'Take --source event-store; or delete the topics and have everything published again.',
    );
  }
  return low;
}
