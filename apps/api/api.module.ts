import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { CommandsModule } from '#commands/commands.module.js';
import { EventStore } from '#event-store/event-store.js';
import type { Clock } from '#platform/clock.js';
import { ViewReader } from '#read-models/view-reader.js';
import { AuthGuard } from './auth/auth.guard.js';
import { Authentication } from './auth/authentication.js';
import { RateLimit } from './auth/rate-limit.js';
import { ComplaintsController } from './complaints/complaints.controller.js';
import { CustomerCommands } from './customers/customer-commands.js';
import { CustomersController } from './customers/customers.controller.js';
import { ErasureController } from './customers/erasure.controller.js';
import { RetentionController } from './customers/retention.controller.js';
import { EventFeed } from './feed/event-feed.js';
import { FeedController } from './feed/feed.controller.js';
import { HealthController } from './health/health.controller.js';
import { Readiness } from './health/readiness.js';
import { PurchasesController } from './purchases/purchases.controller.js';
import { CLOCK } from './views/clock.token.js';
import { ViewsController } from './views/views.controller.js';

export interface ApiParts {
  store: EventStore;
  clock: Clock;
  authentication: Authentication;
  rateLimit: RateLimit;
  reader: ViewReader;
  readiness: Readiness;
}

@Module({})
export class ApiModule {
  static with({ store, clock, authentication, rateLimit, reader, readiness }: ApiParts): DynamicModule {
    return {
      module: ApiModule,
      imports: [CommandsModule.with(store, clock)],
      controllers: [
        CustomersController,
        RetentionController,
        ErasureController,
        PurchasesController,
        ComplaintsController,
        ViewsController,
        FeedController,
        HealthController,
      ],
      providers: [
        CustomerCommands,
        { provide: CLOCK, useValue: clock },
        { provide: EventStore, useValue: store },
        { provide: EventFeed, useValue: new EventFeed(store, authentication) },
        { provide: Authentication, useValue: authentication },
        { provide: RateLimit, useValue: rateLimit },
        { provide: ViewReader, useValue: reader },
        { provide: Readiness, useValue: readiness },
        { provide: APP_GUARD, useClass: AuthGuard },
      ],
    };
  }
}
