import 'reflect-metadata';
import type { IncomingMessage } from 'node:http';
import { Controller, Get, Module, NotFoundException, Param, Query } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { ApiKeys } from '#apps/api/auth/api-keys.js';
import { AuthGuard } from '#apps/api/auth/auth.guard.js';
import { Authentication } from '#apps/api/auth/authentication.js';
import { RateLimit } from '#apps/api/auth/rate-limit.js';
import { ALL_READERS } from '#apps/api/auth/roles.js';
import { addressOf, requestId } from '#apps/api/http/command-request.js';
import { Draining } from '#apps/api/http/draining.js';
import { useStrictJson } from '#apps/api/http/json-body.js';
import { refuseLongUrls } from '#apps/api/http/limits.js';
import { Operation } from '#apps/api/http/operation.js';
import { refuseOtherMethods } from '#apps/api/http/other-methods.js';
import { parseQuery, type QueryParameters, ReadQuery } from '#apps/api/http/query.js';
import { systemClock } from '#platform/clock.js';
import { SnakeCaseNames } from '#platform/database/naming.js';
import { createPool } from '#platform/database/pool.js';
import { type Running, runProgram } from '#platform/process/program.js';
import { requireSettings, type Settings } from '#platform/settings.js';
import { ReferenceRows } from './reference-rows.js';

await runProgram('reference', start);

/**
 * The route of the 360° view with the same hooks, guard and answer as the API's, and TypeORM's `findOneBy` behind it:
 * what a query is measured against. `/rows` answers one bare row, without what the view takes from other tables.
 */
async function start(given: Settings): Promise<Running> {
  const settings = requireSettings(given, 'databaseUrl');
  const pool = createPool(settings.databaseUrl, { max: 1 });
  const source = new DataSource({
    type: 'postgres',
    url: settings.databaseUrl,
    entities: ReferenceRows.entities,
    namingStrategy: new SnakeCaseNames(),
    parseInt8: true,
  });
  await source.initialize();
  const rows = new ReferenceRows(source);
  const clock = systemClock(settings.businessDate);

  @Controller()
  class ReferenceController {
    @Get('customers/:id/360')
    @Operation({ summary: 'The 360° view', roles: ALL_READERS, answer: { type: 'object' } })
    async customer360(@Param('id') address: string, @Query() parameters: QueryParameters) {
      parseQuery(ReadQuery, parameters);
      const view = await rows.view(addressOf('customer', address), clock.businessDate());
      if (!view) throw new NotFoundException(`There is no customer ${address}.`);
      return view;
    }

    @Get('rows/:id/360')
    @Operation({ summary: 'The bare row', roles: ALL_READERS, answer: { type: 'object' } })
    async row(@Param('id') address: string) {
      const row = await rows.row(addressOf('customer', address));
      if (!row) throw new NotFoundException(`There is no customer ${address}.`);
      return row;
    }
  }

  @Module({
    controllers: [ReferenceController],
    providers: [
      { provide: Authentication, useValue: new Authentication(new ApiKeys(pool), undefined) },
      { provide: RateLimit, useValue: new RateLimit(0) },
      { provide: APP_GUARD, useClass: AuthGuard },
    ],
  })
  class ReferenceModule {}

  const adapter = new FastifyAdapter({
    genReqId: ({ headers }: Pick<IncomingMessage, 'headers'>) => requestId(headers['x-request-id']),
  });
  const app = await NestFactory.create<NestFastifyApplication>(ReferenceModule, adapter, {
    logger: false,
    bodyParser: false,
  });
  const server = app.getHttpAdapter().getInstance();
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  new Draining().watch(server);
  refuseLongUrls(server);
  useStrictJson(server);
  refuseOtherMethods(server);
  await app.listen(settings.port, '127.0.0.1');
  const { port } = server.server.address() as { port: number };
  return {
    ready: { port },
    async close() {
      await app.close();
      await source.destroy();
      await pool.end();
    },
  };
}
