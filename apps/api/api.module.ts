import { createRequire } from 'node:module';
import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { CommandsModule } from '#commands/commands.module.js';
import { EventStore } from '#event-store/event-store.js';
import { PersonalDataCipher } from '#event-store/personal-data-cipher.js';
import type { Clock } from '#platform/clock.js';
import { ProcessorsReport } from '#processing/health/processors-report.js';
import { ViewReader } from '#read-models/view-reader.js';
import { AuthGuard } from './auth/auth.guard.js';
import { Authentication } from './auth/authentication.js';
import { RateLimit } from './auth/rate-limit.js';
import { controllers, documentControllers } from './controllers.js';
import { CustomerCommands } from './customers/customer-commands.js';
import { EventFeed } from './feed/event-feed.js';
import { Readiness } from './health/readiness.js';
import { openApiDocument } from './openapi/document.js';
import { OPENAPI_DOCUMENT } from './openapi/openapi.controller.js';
import { SurveyAnswers } from './satisfaction/survey-answers.js';
import { CLOCK } from './views/clock.token.js';
import { PersonalDataAccess } from './views/personal-data-access.js';

export interface ApiParts {
  store: EventStore;
  cipher: PersonalDataCipher;
  clock: Clock;
  authentication: Authentication;
  rateLimit: RateLimit;
  reader: ViewReader;
  readiness: Readiness;
  processors: ProcessorsReport;
}

const { version } = createRequire(import.meta.url)('../../../package.json') as { version: string };

@Module({})
export class ApiModule {
  static with({
    store,
    cipher,
    clock,
    authentication,
    rateLimit,
    reader,
    readiness,
    processors,
  }: ApiParts): DynamicModule {
    return {
      module: ApiModule,
      imports: [CommandsModule.with(store, clock)],
      controllers: [...controllers, ...documentControllers],
      providers: [
        CustomerCommands,
        PersonalDataAccess,
        { provide: PersonalDataCipher, useValue: cipher },
        SurveyAnswers,
        { provide: CLOCK, useValue: clock },
        { provide: OPENAPI_DOCUMENT, useValue: openApiDocument(controllers, version) },
        { provide: EventStore, useValue: store },
        { provide: EventFeed, useValue: new EventFeed(store, authentication) },
        { provide: Authentication, useValue: authentication },
        { provide: RateLimit, useValue: rateLimit },
        { provide: ViewReader, useValue: reader },
        { provide: Readiness, useValue: readiness },
        { provide: ProcessorsReport, useValue: processors },
        { provide: APP_GUARD, useClass: AuthGuard },
      ],
    };
  }
}
