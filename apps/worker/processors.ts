import type { CommandBus } from '@nestjs/cqrs';
import type { Kafka } from 'kafkajs';
import type { Pool } from 'pg';
import type { PublishedFields } from '#contracts/published-fields.js';
import type { EventStore } from '#event-store/event-store.js';
import type { Logger } from '#platform/logger.js';
import { policies } from '#policies/policies.js';
import { toReaction } from '#policies/policy-reaction.js';
import { BUILDS } from '#processing/builds/build.js';
import { Checkpoint } from '#processing/checkpoints.js';
import { PublisherProcessor } from '#processing/kafka/publisher-processor.js';
import type { Leases } from '#processing/leases.js';
import { PolicyProcessor } from '#processing/policy-processor.js';
import type { Processor } from '#processing/processor.js';
import { latestVersions } from '#processing/projection.js';
import { ProjectionProcessor } from '#processing/projection-processor.js';
import type { RefusedCommands } from '#processing/refused-commands.js';
import type { Shares } from '#processing/work-sharing.js';
import { projections } from '#read-models/projections.js';

export interface WorkerParts {
  store: EventStore;
  storeId: string;
  pool: Pool;
  leases: Leases;
  shares: Shares;
  kafka: Kafka;
  bus: CommandBus;
  /** Personal data that go to Kafka all the same. */
  publishPersonal?: PublishedFields;
  refused: RefusedCommands;
  logger: Logger;
}

/** Every processor of a worker: projections into PostgreSQL, each build of them, the publisher into Kafka, policies into commands. */
export function processorsOf(worker: WorkerParts): Processor[] {
  const { store, storeId, pool, leases, shares, kafka, bus, publishPersonal, refused, logger } = worker;
  const endOfStore = () => store.end();
  // Without the message, which may tell of persons: the view has it.
  const onParked = (processor: string, key: string, position: bigint, error: Error) =>
    logger.warn({ processor, key, position: String(position), error: error.name }, 'The events of a key were parked.');
  const parts = { pool, storeId, leases, endOfStore, shares, onParked };
  const views = latestVersions(projections).flatMap(({ name }) => {
    const versions = projections.filter((projection) => projection.name === name);
    return BUILDS.map((build) => new ProjectionProcessor(versions, build, parts));
  });
  const publisher = new PublisherProcessor(
    kafka,
    storeId,
    pool,
    new Checkpoint(pool, 'publisher', storeId),
    leases,
    endOfStore,
    publishPersonal,
  );
  const reactions = policies.map((policy) => {
    const reaction = toReaction(policy, bus, (command, why) => {
      refused.note(policy.name, command.constructor.name, why.rule);
      logger.warn(
        { policy: policy.name, rule: why.rule, command: command.constructor.name },
        `A command was refused: ${why.message}`,
      );
    });
    const checkpoint = new Checkpoint(pool, policy.name, storeId);
    return new PolicyProcessor(reaction, pool, checkpoint, leases, endOfStore);
  });
  return [...views, publisher, ...reactions];
}
