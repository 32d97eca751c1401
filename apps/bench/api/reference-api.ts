import 'reflect-metadata';
import { Controller, Get, Module, NotFoundException, Param } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { ApiKeys } from '#apps/api/auth/api-keys.js';
import { AuthGuard } from '#apps/api/auth/auth.guard.js';
import { Authentication } from '#apps/api/auth/authentication.js';
import { RateLimit } from '#apps/api/auth/rate-limit.js';
import { ALL_READERS } from '#apps/api/auth/roles.js';
import { addressOf } from '#apps/api/http/command-request.js';
import { Operation } from '#apps/api/http/operation.js';
import { SnakeCaseNames } from '#platform/database/naming.js';
import { Customer360 } from '#read-models/customer-360/customer-360.table.js';

/** The same route, with the same guard in front, and TypeORM's `findOneBy` behind it: what a query is measured against. */
export async function startReferenceApi(
  databaseUrl: string,
  pool: Pool,
): Promise<{ url: string; close(): Promise<void> }> {
  const source = new DataSource({
    type: 'postgres',
    url: databaseUrl,
    entities: [Customer360],
    namingStrategy: new SnakeCaseNames(),
  });
  await source.initialize();
  const repository = source.getRepository(Customer360);

  @Controller('customers/:id')
  class ReferenceController {
    @Get('360')
    @Operation({ summary: 'The 360° view', roles: ALL_READERS, answer: { type: 'object' } })
    async customer360(@Param('id') address: string) {
      const row = await repository.findOneBy({ customerId: addressOf('customer', address) });
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

  const app = await NestFactory.create<NestFastifyApplication>(ReferenceModule, new FastifyAdapter(), {
    logger: false,
  });
  await app.listen(0, '127.0.0.1');
  return {
    url: await app.getUrl(),
    close: async () => {
      await app.close();
      await source.destroy();
    },
  };
}
