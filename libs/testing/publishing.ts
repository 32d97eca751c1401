import { Kafka, logLevel } from 'kafkajs';
import type { Pool } from 'pg';
import type { Recorded } from '#contracts/envelope.js';
import type { RapportEvent } from '#contracts/events.js';
import { derivedId, newId } from '#contracts/ids.js';
import { PublishedFields } from '#contracts/published-fields.js';
import { CUSTOMER_EVENTS_TOPIC } from '#contracts/topics.js';
import { prepareDatabase } from '#platform/database/migrate.js';
import { createPool } from '#platform/database/pool.js';
import type { KafkaSettings } from '#platform/kafka-settings.js';
import { Checkpoint } from '#processing/checkpoints.js';
import { PublisherProcessor } from '#processing/kafka/publisher-processor.js';
import { Leases } from '#processing/leases.js';
import { LeaseHeld, type Position } from '#processing/processor.js';
import { type PublishedEvent, publishedEvents } from './published-events.js';
import { recorded } from './recorded.js';
import { deleteTopics, type Servers, startServers } from './servers.js';
import { until } from './spec-worker.js';

/** What a publisher's spec needs: broker, database, and publishers of one store, each in a worker of its own. */
export class Publishing {
  storeId = newId();
  /** Of the store. */
  end = 1_000_000n;
  private workers: Leases[] = [];

  private constructor(
    readonly servers: Servers,
    readonly kafka: Kafka,
    readonly pool: Pool,
  ) {}

  static async start(): Promise<Publishing> {
    const servers = await startServers({ only: ['kafka', 'postgres'] });
    await prepareDatabase(servers.databaseUrl);
    const brokers = servers.kafkaBrokers;
    const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING, retry: { initialRetryTime: 100 } });
    return new Publishing(servers, kafka, createPool(servers.databaseUrl));
  }

  /** As if nothing had ever been published, and from another store. */
  async reset(): Promise<void> {
    await this.endWorkers();
    await deleteTopics(this.servers.kafkaBrokers);
    await this.pool.query('delete from ops.checkpoints');
    this.storeId = newId();
    this.end = 1_000_000n;
  }

  async stop(): Promise<void> {
    await this.endWorkers();
    await this.pool.end();
    await this.servers.stop();
  }

  publisher({
    storeId = this.storeId,
    checkpoint = new Checkpoint(this.pool, 'publisher', storeId),
    kafka = this.kafka,
    republish = false,
    personal = PublishedFields.none,
    settings = { compression: 'none' } as KafkaSettings,
  } = {}): PublisherProcessor {
    const leases = new Leases(this.servers.databaseUrl);
    this.workers.push(leases);
    return new PublisherProcessor(kafka, storeId, this.pool, checkpoint, leases, async () => this.end, {
      settings,
      republish,
      personal,
    });
  }

  /** Opens a publisher when the worker that holds the lease has lost its connection, which that one does not notice. */
  async takeOver(other: PublisherProcessor): Promise<Position> {
    await this.pool.query("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'");
    let position: Position;
    await until(async () => {
      try {
        position = await other.open();
        return true;
      } catch (error) {
        if (error instanceof LeaseHeld) return false;
        throw error;
      }
    }, 60_000);
    return position;
  }

  /**
   * What a subscriber sees.
   * @param count how many there should be at the least: a broker may answer a commit before its readers see it.
   */
  published(count = 0, topic?: string): Promise<PublishedEvent[]> {
    return publishedEvents(this.servers.kafkaBrokers, count, topic);
  }

  /** A subscriber sees these, each once, each customer's in order and in one partition. */
  async expectPublished(expected: Recorded[]): Promise<void> {
    const published = await this.published(expected.length);
    expect(published.map(({ id }) => id).sort()).toEqual(expected.map(({ eventId }) => eventId).sort());
    const last = new Map<string, PublishedEvent>();
    for (const event of published) {
      const before = last.get(event.key);
      if (before) expect(event.position).toBeGreaterThan(before.position);
      if (before) expect(event.partition).toBe(before.partition);
      last.set(event.key, event);
    }
  }

  /** How many records the topic holds, whether anybody can see them or not. */
  async recordsInTopic(): Promise<number> {
    const admin = this.kafka.admin();
    await admin.connect();
    const offsets = await admin.fetchTopicOffsets(CUSTOMER_EVENTS_TOPIC);
    await admin.disconnect();
    return offsets.reduce((sum, { high }) => sum + Number(high), 0);
  }

  /** The position as PostgreSQL tells it. */
  async mirror(): Promise<number | null> {
    const { rows } = await this.pool.query("select position from ops.checkpoints where processor = 'publisher'");
    return rows[0].position;
  }

  private async endWorkers(): Promise<void> {
    for (const leases of this.workers) await leases.close();
    this.workers = [];
  }
}

/** Events of seven customers in turn. */
export function eventsOfCustomers(from: number, to: number): Recorded<RapportEvent>[] {
  return Array.from({ length: to - from + 1 }, (_, n) => {
    const position = BigInt(from + n);
    const customerId = derivedId('customer', String(position % 7n));
    const { metadata } = recorded({ position });
    return recorded({ position, metadata: { ...metadata, customerId, subject: { kind: 'customer', id: customerId } } });
  });
}
