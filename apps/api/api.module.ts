import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { CommandsModule } from '#commands/commands.module.js';
import type { EventStore } from '#event-store/event-store.js';
import type { Clock } from '#platform/clock.js';
import { ViewReader } from '#read-models/view-reader.js';
import { AuthGuard } from './auth/auth.guard.js';
import { Credentials } from './auth/credentials.js';
import { ComplaintsController } from './complaints/complaints.controller.js';
import { CustomerCommands } from './customers/customer-commands.js';
import { CustomersController } from './customers/customers.controller.js';
import { MergingController } from './customers/merging.controller.js';
import { RetentionController } from './customers/retention.controller.js';
import { HealthController } from './health/health.controller.js';
import { Readiness } from './health/readiness.js';
import { PurchasesController } from './purchases/purchases.controller.js';
import { CLOCK } from './views/clock.token.js';
import { ViewsController } from './views/views.controller.js';

export interface ApiParts {
  store: EventStore;
  clock: Clock;
  credentials: Credentials;
  reader: ViewReader;
  readiness: Readiness;
}

@Module({})
export class ApiModule {
  static with({ store, clock, credentials, reader, readiness }: ApiParts): DynamicModule {
    return {
      module: ApiModule,
      imports: [CommandsModule.with(store, clock)],
      controllers: [
        CustomersController,
        MergingController,
        RetentionController,
        PurchasesController,
        ComplaintsController,
        ViewsController,
        HealthController,
      ],
      providers: [
        CustomerCommands,
        { provide: CLOCK, useValue: clock },
        { provide: Credentials, useValue: credentials },
        { provide: ViewReader, useValue: reader },
        { provide: Readiness, useValue: readiness },
        { provide: APP_GUARD, useClass: AuthGuard },
      ],
    };
  }
}
