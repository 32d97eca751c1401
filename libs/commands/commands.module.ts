import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { EventStore } from '#event-store/event-store.js';
import type { Clock } from '#platform/clock.js';
import { Customers } from './customers.js';
import { ComplaintHandler } from './handlers/complaint.handler.js';
import { CustomerHandler } from './handlers/customer.handler.js';
import { ErasureHandler, PersonKeysHandler } from './handlers/erasure.handler.js';
import { InteractionHandler } from './handlers/interaction.handler.js';
import { LoyaltyHandler, ToLoyaltyHandler, TransferPointsHandler } from './handlers/loyalty.handler.js';
import { PairHandler } from './handlers/pair.handler.js';
import { PurchaseHandler } from './handlers/purchase.handler.js';
import { RetentionHandler } from './handlers/retention.handler.js';
import { RulesHandler } from './handlers/rules.handler.js';
import { SatisfactionHandler } from './handlers/satisfaction.handler.js';
import { LoyaltyLedgers } from './loyalty-ledgers.js';
import { StreamCommands } from './stream-commands.js';

const HANDLERS = [
  CustomerHandler,
  PurchaseHandler,
  ComplaintHandler,
  LoyaltyHandler,
  PairHandler,
  RulesHandler,
  InteractionHandler,
  SatisfactionHandler,
  RetentionHandler,
  ToLoyaltyHandler,
  TransferPointsHandler,
  ErasureHandler,
  PersonKeysHandler,
];

/** The command side, for any process that sends commands through the `CommandBus`. */
@Module({})
export class CommandsModule {
  static with(store: EventStore, clock: Clock): DynamicModule {
    const streams = new StreamCommands(store, clock);
    return {
      module: CommandsModule,
      imports: [CqrsModule.forRoot()],
      providers: [
        { provide: EventStore, useValue: store },
        { provide: StreamCommands, useValue: streams },
        { provide: Customers, useValue: new Customers(streams) },
        { provide: LoyaltyLedgers, useValue: new LoyaltyLedgers(streams) },
        ...HANDLERS,
      ],
      exports: [CqrsModule, StreamCommands, Customers],
    };
  }
}
