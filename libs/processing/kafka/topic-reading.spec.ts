import type { Batch, EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { Pool } from 'pg';
import { CUSTOMER_EVENTS_TOPIC } from '#contracts/topics.js';
import { asReceived } from '#testing/published-events.js';
import { recorded } from '#testing/recorded.js';
import type { CheckpointWatch } from '../checkpoint-watch.js';
import { toCloudEvent } from './cloud-event.js';
import type { Publication } from './publication.js';
import type { Assignment } from './topic-group.js';
import { TopicReading } from './topic-reading.js';

const EVENT = asReceived(toCloudEvent(recorded()));
const PARTITIONS = 12;
/** More of a partition than may wait. */
const MANY = 9_000;

/** A reading of partitions 0 and 1 from the beginning, with what it told and what it asked of the consumer. */
class Read {
  /** What the publisher tells. */
  published: Publication | null = null;
  readonly events: bigint[] = [];
  readonly checkpoints: bigint[] = [];
  lost: Error | undefined;
  readonly paused = new Set<number>();
  readonly reading: TopicReading;
  private moved = () => {};

  constructor(needs: string[] = [], full = Number.POSITIVE_INFINITY) {
    const consumer = {
      seek: () => {},
      pause: ([{ partitions }]: [{ partitions: number[] }]) => {
        for (const partition of partitions) this.paused.add(partition);
      },
      resume: ([{ partitions }]: [{ partitions: number[] }]) => {
        for (const partition of partitions) this.paused.delete(partition);
      },
    };
    const offsets = Array.from({ length: PARTITIONS }, (_, partition) => ({ partition, low: '0', high: '0' }));
    const admin = { fetchTopicOffsets: async () => offsets, fetchOffsets: async () => [] };
    const pool = { query: async () => ({ rows: [{ published: this.published }] }) } as unknown as Pool;
    const onMoved = (_: string, hear: () => void) => {
      this.moved = hear;
      return () => {};
    };
    const watch = { onMoved } as unknown as CheckpointWatch;
    const assignment = { consumer, admin, partitions: new Set([0, 1]) } as unknown as Assignment;
    this.reading = new TopicReading({ pool, storeId: 'store', watch, needs }, assignment, undefined, {
      event: ({ position }) => {
        this.events.push(position);
        if (this.events.length >= full) this.reading.pause();
      },
      checkpoint: (position) => this.checkpoints.push(position),
      caughtUp: () => {},
      lost: (error) => {
        this.lost = error;
      },
    });
  }

  async publish(position: number, ends: number[], personal: string[] = []): Promise<void> {
    this.published = { position: String(position), ends: ends.map(String), personal };
    this.moved();
    await turns();
  }

  /** @param positions of the records from an offset on. */
  async take(partition: number, from: number, positions: number[]): Promise<void> {
    const messages = positions.map((position, n) => {
      return { ...EVENT, offset: String(from + n), headers: { ...EVENT.headers, ce_position: String(position) } };
    }) as KafkaMessage[];
    const batch: Partial<Batch> = {
      topic: CUSTOMER_EVENTS_TOPIC,
      partition,
      messages,
      firstOffset: () => String(from),
      lastOffset: () => String(from + positions.length - 1),
    };
    await this.reading.take({ batch, isStale: () => false, pause: () => {} } as unknown as EachBatchPayload);
  }
}

/** Until all that was begun has been answered: nothing here waits for a server. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
}

const numbers = (from: number, count: number, step = 1) => Array.from({ length: count }, (_, n) => from + n * step);

describe('the partitions of a worker, read as one', () => {
  it('tell nothing before the publisher has told with which fields it was published, and nothing beyond', async () => {
    const read = new Read(['PromiseMade.what']);
    await turns();
    await read.take(0, 0, [1, 3, 5]);
    await read.take(1, 0, [2, 4, 6]);
    await turns();
    expect(read.events).toEqual([]);
    await read.publish(3, [2, 1], ['PromiseMade.what']);
    expect(read.events).toEqual([1n, 2n, 3n]);
    expect(read.checkpoints).toEqual([3n]);
    // Taken over by a worker that leaves the field out.
    await read.publish(6, [3, 3], []);
    expect(read.lost?.message).toContain('was not published with PromiseMade.what');
    expect(read.events).toEqual([1n, 2n, 3n]);
    expect(read.checkpoints).toEqual([3n]);
  });

  it('are not fetched on while the engine is full, and are when it has room again', async () => {
    const read = new Read([], 2);
    await turns();
    await read.publish(100 * MANY, [2 * MANY, 2 * MANY]);
    await read.take(0, 0, [1, 3]);
    await read.take(1, 0, [2, 4]);
    expect(read.events).toEqual([1n, 2n]);
    await read.take(0, 2, numbers(5, MANY, 2));
    await read.take(1, 2, numbers(6, MANY, 2));
    expect([...read.paused]).toEqual([0, 1]);
    expect(read.events).toEqual([1n, 2n]);
    read.events.length = 0;
    while (read.reading.isPaused) read.reading.resume();
    expect([...read.paused]).toEqual([]);
    expect(read.events).toEqual(numbers(3, 2 * MANY + 1).map(BigInt));
    expect(read.lost).toBeUndefined();
  });

  it('are lost when their offsets begin anew: what is read would be taken for what was read before', async () => {
    const read = new Read();
    await turns();
    await read.publish(9, [3, 3]);
    await read.take(0, 0, [1, 3, 5]);
    await read.take(0, 0, [1]);
    expect(read.lost?.message).toBe(`The offsets of partition 0 of ${CUSTOMER_EVENTS_TOPIC} have begun anew.`);
  });
});
