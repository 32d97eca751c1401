import type { CommandBus } from '@nestjs/cqrs';
import type { Kafka } from 'kafkajs';
import type { Pool } from 'pg';
import type { EventStore } from '#event-store/event-store.js';
import type { Logger } from '#platform/logger.js';
import { policies } from '#policies/policies.js';
import { toReaction } from '#policies/policy-reaction.js';
import { BUILDS } from '#processing/builds/build.js';
import { Checkpoint } from '#processing/checkpoints.js';
import { countRefusal } from '#processing/health/processor-metrics.js';
import { type PublisherOptions, PublisherProcessor } from '#processing/kafka/publisher-processor.js';
import { isFedByTopic } from '#processing/kafka/topic-needs.js';
import type { Leases } from '#processing/leases.js';
import { PolicyProcessor } from '#processing/policy-processor.js';
import type { Processor } from '#processing/processor.js';
import { latestVersions } from '#processing/projection.js';
import { type FeedingTopic, ProjectionProcessor } from '#processing/projection-processor.js';
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
  publishing: PublisherOptions;
  /** Where the events topic feeds the views that it can feed. */
  topic?: FeedingTopic | undefined;
  bus: CommandBus;
  refused: RefusedCommands;
  logger: Logger;
}

/** The processors of a worker by what they read. */
export interface Processors {
  ofStore: Processor[];
  ofTopic: Processor[];
}

/** Every processor of a worker: projections into PostgreSQL, each build of them, the publisher into Kafka, policies into commands. */
export function processorsOf(worker: WorkerParts): Processors {
  const { store, storeId, pool, leases, shares, kafka, publishing, topic, bus, refused, logger } = worker;
  const endOfStore = () => store.end();
  // Without the message, which may tell of persons: the view has it.
  const onParked = (processor: string, key: string, position: bigint, error: Error) =>
    logger.warn({ processor, key, position: String(position), error: error.name }, 'The events of a key were parked.');
  const parts = { pool, storeId, leases, endOfStore, shares, onParked };
  const names = latestVersions(projections).map(({ name }) => projections.filter((version) => version.name === name));
  const ofTopic = topic === undefined ? [] : names.filter(isFedByTopic);
  const builds = (views: typeof names, feeding: object) =>
    views.flatMap((versions) =>
      BUILDS.map((build) => new ProjectionProcessor(versions, build, { ...parts, ...feeding })),
    );
  const publisher = new PublisherProcessor(
    kafka,
    storeId,
    pool,
    new Checkpoint(pool, 'publisher', storeId),
    leases,
    endOfStore,
    publishing,
  );
  const reactions = policies.map((policy) => {
    const reaction = toReaction(policy, bus, (command, why) => {
      countRefusal(policy.name);
      refused.note(policy.name, command.constructor.name, why.rule);
      logger.warn(
        { policy: policy.name, rule: why.rule, command: command.constructor.name },
        `A command was refused: ${why.message}`,
      );
    });
    const checkpoint = new Checkpoint(pool, policy.name, storeId);
    return new PolicyProcessor(reaction, pool, checkpoint, leases, endOfStore);
  });
  const views = names.filter((versions) => !ofTopic.includes(versions));
  return { ofStore: [...builds(views, {}), publisher, ...reactions], ofTopic: builds(ofTopic, { topic }) };
}
