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
import type { Logger } from '#platform/logger.js';
import { type Running, runProgram } from '#platform/process/program.js';
import { requireSettings, type Settings } from '#platform/settings.js';
import { prepareViews } from '#processing/builds/prepare-views.js';
import { CheckpointWatch } from '#processing/checkpoint-watch.js';
import { Engine } from '#processing/engine.js';
import { Leases } from '#processing/leases.js';
import { RefusedCommands } from '#processing/refused-commands.js';
import { Shares } from '#processing/work-sharing.js';
import { projections } from '#read-models/projections.js';
import { Heartbeat } from './heartbeat.js';
import { createKafka } from './kafka-client.js';
import { processorsOf } from './processors.js';
import { SilenceReview } from './silence-review.js';
import { timersOf } from './timers.js';

await runProgram('worker', start);

async function start(given: Settings, logger: Logger): Promise<Running> {
  const settings = requireSettings(given, 'eventStoreUrl', 'kafkaBrokers', 'databaseUrl', 'masterKey');
  await prepareDatabase(settings.databaseUrl);
  await prepareViews(settings.databaseUrl, projections);
  const pool = createPool(settings.databaseUrl);
  const keys = new PostgresPersonKeys(pool, settings.masterKey);
  await keys.verifyMasterKey();
  const store = connect(settings.eventStoreUrl, new PersonalDataCipher(keys));
  const leases = new Leases(settings.databaseUrl);
  const watch = new CheckpointWatch(settings.databaseUrl);
  await watch.start();
  const clock = systemClock(settings.businessDate);
  const nest = await NestFactory.createApplicationContext(CommandsModule.with(store, clock), { logger: false });
  const bus = nest.get(CommandBus);
  await publishDefaultRules(bus);
  const kafka = createKafka(settings.kafkaBrokers, logger);
  const storeId = await store.storeId(newId());
  const workerId = settings.workerId ?? newId();
  const shares = new Shares(pool, workerId);
  const refused = new RefusedCommands(pool);
  const { publishPersonal } = settings;
  const processors = processorsOf({
    store,
    storeId,
    pool,
    leases,
    shares,
    kafka,
    bus,
    publishPersonal,
    refused,
    logger,
  });
  const engine = new Engine(store, processors, logger);
  const timers = timersOf({ store, storeId, pool, leases, watch, bus, clock, refused, logger });
  const heartbeat = new Heartbeat(pool, [...engine.runners, timers], workerId);
  const review = new SilenceReview({ store, streams: nest.get(StreamCommands), pool, watch, bus, clock, logger });
  await shares.start(engine.runners);
  engine.start();
  timers.start();
  review.start();
  await heartbeat.start();
  return {
    ready: {},
    async close() {
      await review.close();
      await shares.close();
      await timers.close();
      await engine.close();
      await refused.close();
      await heartbeat.stop();
      await leases.close();
      await watch.close();
      await nest.close();
      await store.close();
      await pool.end();
    },
  };
}
