import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import { CommandsModule } from '#commands/commands.module.js';
import { publishDefaultRules } from '#commands/default-rules.js';
import { StreamCommands } from '#commands/stream-commands.js';
import { newId } from '#contracts/ids.js';
import { connect } from '#event-store/event-store.js';
import { PostgresPersonKeys } from '#event-store/person-keys.js';
import { PersonalDataCipher } from '#event-store/personal-data-cipher.js';
import { systemClock } from '#platform/clock.js';
import { prepareDatabase } from '#platform/database/migrate.js';
import { createPool } from '#platform/database/pool.js';
import { measurePool } from '#platform/database/pool-metrics.js';
import type { Logger } from '#platform/logger.js';
import { type Running, runProgram } from '#platform/process/program.js';
import { requireSettings, type Settings } from '#platform/settings.js';
import { measureProcess } from '#platform/telemetry/metrics.js';
import { prepareViews } from '#processing/builds/prepare-views.js';
import { CheckpointWatch } from '#processing/checkpoint-watch.js';
import { Engine } from '#processing/engine.js';
import { ProcessorActivities } from '#processing/health/processor-activity.js';
import { ProcessorTracker } from '#processing/health/processor-tracker.js';
import { viewFacts } from '#processing/health/view-facts.js';
import { createKafka } from '#processing/kafka/kafka-client.js';
import { fedByTopic, fieldsNeededBy, refuseLeftOut } from '#processing/kafka/topic-needs.js';
import { TopicSource } from '#processing/kafka/topic-source.js';
import { Leases } from '#processing/leases.js';
import { otherHistory } from '#processing/other-history.js';
import { dropAbandonedBuilds } from '#processing/rebuild/abandoned.js';
import { RefusedCommands } from '#processing/refused-commands.js';
import { Shares } from '#processing/work-sharing.js';
import { projections } from '#read-models/projections.js';
import { Heartbeat } from './heartbeat.js';
import { ObservationServer } from './observation-server.js';
import { processorsOf } from './processors.js';
import { SilenceReview } from './silence-review.js';
import { statesOf } from './states.js';
import { timersOf } from './timers.js';

await runProgram('worker', start);

async function start(given: Settings, logger: Logger): Promise<Running> {
  const settings = requireSettings(given, 'eventStoreUrl', 'kafkaBrokers', 'databaseUrl', 'masterKey');
  const fed = settings.source === 'kafka' ? fedByTopic(projections) : [];
  refuseLeftOut(fed, settings.publishPersonal);
  measureProcess();
  const observation = new ObservationServer();
  const port = await observation.listen(settings.workerPort, settings.workerHost);
  await prepareDatabase(settings.databaseUrl);
  await prepareViews(settings.databaseUrl, projections);
  const pool = createPool(settings.databaseUrl);
  for (const dropped of await dropAbandonedBuilds(pool)) {
    logger.warn({ projection: dropped }, 'What a rebuild that was ended had left is dropped.');
  }
  measurePool(pool);
  const keys = new PostgresPersonKeys(pool, settings.masterKey);
  await keys.verifyMasterKey();
  const store = connect(settings.eventStoreUrl, new PersonalDataCipher(keys));
  const leases = new Leases(settings.databaseUrl);
  const watch = new CheckpointWatch(settings.databaseUrl);
  await watch.start();
  const clock = systemClock(settings.businessDate);
  const nest = await NestFactory.createApplicationContext(CommandsModule.with(store, clock), { logger: false });
  const bus = nest.get(CommandBus);
  const kafka = createKafka(settings.kafkaBrokers, settings.kafka, 'rapport-worker', logger);
  const storeId = await store.storeId(newId());
  const other = await otherHistory(pool, store);
  // Into a store that the checkpoints are not of nothing is written. The processors find it out too, and stop.
  if (other) logger.error(other.message);
  else await publishDefaultRules(bus);
  const workerId = settings.workerId ?? newId();
  const shares = new Shares(pool, workerId, async () => {
    logger.warn('The views are gone: they are made again from the events.');
    await prepareViews(settings.databaseUrl, projections);
  });
  const activities = new ProcessorActivities();
  const { stuckAfterMs } = settings;
  const refused = new RefusedCommands(pool);
  const publishing = { settings: settings.kafka, republish: settings.republish, personal: settings.publishPersonal };
  const topic =
    settings.source === 'kafka'
      ? new TopicSource(kafka, logger, { pool, storeId, watch, needs: fieldsNeededBy(fed) })
      : undefined;
  const parts = { store, storeId, pool, leases, shares, kafka, publishing, topic, bus, refused, logger };
  const { ofStore, ofTopic } = processorsOf(parts);
  const engine = new Engine(store, ofStore, logger, activities);
  const topicEngine = topic && new Engine(topic, ofTopic, logger, activities);
  const timers = timersOf({ store, storeId, pool, leases, watch, bus, clock, refused, logger });
  const states = statesOf({ store, storeId, pool, leases, watch, kafka, publishing, clock, logger });
  const facts = () => viewFacts(pool);
  const runners = [...engine.runners, ...(topicEngine?.runners ?? [])];
  const watched = [...runners, timers, states];
  const tracker = new ProcessorTracker({ store, processors: watched, activities, facts, stuckAfterMs });
  const heartbeat = new Heartbeat(pool, tracker.reports, workerId);
  const review = new SilenceReview({ store, streams: nest.get(StreamCommands), pool, watch, bus, clock, logger });
  await shares.start(runners);
  engine.start();
  if (topic && topicEngine) void topic.start(topicEngine).then(() => topicEngine.start());
  timers.start();
  states.start();
  if (!other) review.start();
  tracker.start();
  observation.observe(tracker);
  await heartbeat.start();
  return {
    ready: { port },
    async close() {
      await review.close();
      await shares.close();
      await timers.close();
      await states.close();
      await Promise.all([engine.close(), topicEngine?.close()]);
      await topic?.close();
      await refused.close();
      await heartbeat.stop();
      tracker.stop();
      await observation.close();
      await leases.close();
      await watch.close();
      await nest.close();
      await store.close();
      await pool.end();
    },
  };
}
