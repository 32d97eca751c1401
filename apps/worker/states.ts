import type { Kafka } from 'kafkajs';
import type { Pool } from 'pg';
import { PublishedFields } from '#contracts/published-fields.js';
import type { EventStore } from '#event-store/event-store.js';
import type { Clock } from '#platform/clock.js';
import type { Logger } from '#platform/logger.js';
import type { CheckpointWatch } from '#processing/checkpoint-watch.js';
import { Checkpoint } from '#processing/checkpoints.js';
import type { PublisherOptions } from '#processing/kafka/publisher-processor.js';
import type { Leases } from '#processing/leases.js';
import { STATE_PUBLISHER, StatePublisher } from '#processing/states/state-publisher.js';
import { customer360States } from '#read-models/customer-360/customer-360.states.js';
import { loyaltyLevelStates } from '#read-models/loyalty-level/loyalty-level.states.js';
import { ViewReader } from '#read-models/view-reader.js';

export interface StatesOfWorker {
  store: EventStore;
  storeId: string;
  pool: Pool;
  leases: Leases;
  watch: CheckpointWatch;
  kafka: Kafka;
  publishing: PublisherOptions;
  clock: Clock;
  logger: Logger;
}

/** The publisher of states of a worker: from the views, by the queries that the API asks, to Kafka. */
export function statesOf({ store, storeId, kafka, publishing, clock, ...parts }: StatesOfWorker): StatePublisher {
  const { pool, watch } = parts;
  const reader = new ViewReader(pool, watch, [], store);
  const { settings, personal = PublishedFields.none } = publishing;
  return new StatePublisher({
    ...parts,
    kafka,
    settings,
    storeId,
    topics: [customer360States(reader, personal), loyaltyLevelStates(reader)],
    checkpoint: new Checkpoint(pool, STATE_PUBLISHER, storeId),
    endOfStore: () => store.end(),
    businessDate: () => clock.businessDate(),
  });
}
