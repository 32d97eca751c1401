import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { CommandsModule } from '#commands/commands.module.js';
import type { EventStore } from '#event-store/event-store.js';
import type { Clock } from '#platform/clock.js';
import { ViewReader } from '#read-models/view-reader.js';
import { AuthGuard } from './auth.guard.js';
import { CLOCK } from './clock.token.js';
import { ComplaintsController } from './complaints.controller.js';
import { Credentials } from './credentials.js';
import { CustomersController } from './customers.controller.js';
import { HealthController } from './health.controller.js';
import { PurchasesController } from './purchases.controller.js';
import { Readiness } from './readiness.js';
import { ViewsController } from './views.controller.js';

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
      controllers: [CustomersController, PurchasesController, ComplaintsController, ViewsController, HealthController],
      providers: [
        { provide: CLOCK, useValue: clock },
        { provide: Credentials, useValue: credentials },
        { provide: ViewReader, useValue: reader },
        { provide: Readiness, useValue: readiness },
        { provide: APP_GUARD, useClass: AuthGuard },
      ],
    };
  }
}
