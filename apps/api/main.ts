import 'reflect-metadata';
import type { IncomingMessage } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
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
import { policies } from '#policies/policies.js';
import { prepareViews } from '#processing/builds/prepare-views.js';
import { CheckpointWatch } from '#processing/checkpoint-watch.js';
import { ProcessorsReport } from '#processing/health/processors-report.js';
import { STATE_PUBLISHER } from '#processing/states/state-publisher.js';
import { TIMERS } from '#processing/timers.js';
import { projectionNames, projections } from '#read-models/projections.js';
import { ViewReader } from '#read-models/view-reader.js';
import { ApiModule } from './api.module.js';
import { ApiKeys } from './auth/api-keys.js';
import { Authentication } from './auth/authentication.js';
import { RateLimit } from './auth/rate-limit.js';
import { Tokens } from './auth/tokens.js';
import { Readiness } from './health/readiness.js';
import { requestId } from './http/command-request.js';
import { Draining } from './http/draining.js';
import { useStrictJson } from './http/json-body.js';
import {
  ARRIVES_WITHIN_MS,
  LARGEST_BODY,
  LARGEST_HEADERS,
  LONGEST_PATH_PART,
  refuseConnection,
  refuseLongUrls,
} from './http/limits.js';
import { observeRequests } from './http/observed-requests.js';
import { refuseOtherMethods } from './http/other-methods.js';
import { OwnStore } from './http/own-store.js';
import { ProblemFilter } from './http/problem.filter.js';

await runProgram('api', start);

async function start(given: Settings, logger: Logger): Promise<Running> {
  const settings = requireSettings(given, 'eventStoreUrl', 'databaseUrl', 'masterKey');
  await prepareDatabase(settings.databaseUrl);
  await prepareViews(settings.databaseUrl, projections);
  const pool = createPool(settings.databaseUrl);
  measureProcess();
  measurePool(pool);
  const keys = new PostgresPersonKeys(pool, settings.masterKey);
  await keys.verifyMasterKey();
  const cipher = new PersonalDataCipher(keys);
  const store = connect(settings.eventStoreUrl, cipher);
  const watch = new CheckpointWatch(settings.databaseUrl);
  await watch.start();
  const apiKeys = new ApiKeys(pool);
  if (settings.apiKey !== undefined) await apiKeys.register(settings.apiKey, 'development', 'admin');
  const deciding = [...policies.map(({ name }) => name), TIMERS];
  const processors = [...projectionNames, 'publisher', STATE_PUBLISHER, ...deciding];
  const problems = new ProblemFilter(logger);
  const app = await NestFactory.create<NestFastifyApplication>(
    ApiModule.with({
      store,
      cipher,
      clock: systemClock(settings.businessDate),
      authentication: new Authentication(apiKeys, settings.jwt && new Tokens(settings.jwt)),
      rateLimit: new RateLimit(settings.rateLimit),
      reader: new ViewReader(pool, watch, deciding, store),
      readiness: new Readiness(store, pool, processors),
      processors: new ProcessorsReport(store, pool, processors, settings.stuckAfterMs),
    }),
    new FastifyAdapter({
      bodyLimit: LARGEST_BODY,
      requestTimeout: ARRIVES_WITHIN_MS,
      http: { maxHeaderSize: LARGEST_HEADERS },
      clientErrorHandler: refuseConnection,
      // `Draining` refuses what comes then, as a problem document.
      return503OnClosing: false,
      genReqId: (request: Pick<IncomingMessage, 'headers'>) => requestId(request.headers['x-request-id']),
      // What Fastify refuses before it looks for a route, such as a path that is no percent-encoded UTF-8.
      frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
        problems.send(error, request, reply),
      routerOptions: { maxParamLength: LONGEST_PATH_PART },
    }),
    { logger: false, bodyParser: false },
  );
  app.useGlobalFilters(problems);
  const server = app.getHttpAdapter().getInstance();
  observeRequests(server);
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  const draining = new Draining();
  draining.watch(server);
  new OwnStore(store, pool).watch(server);
  refuseLongUrls(server);
  useStrictJson(server);
  refuseOtherMethods(server);
  await app.listen(settings.port, settings.host);
  const { port } = server.server.address() as { port: number };
  return {
    ready: { port },
    async close() {
      draining.begin();
      await app.close();
      await watch.close();
      await store.close();
      await pool.end();
    },
  };
}
