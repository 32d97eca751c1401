import { Controller, Param, Post } from '@nestjs/common';
import { PromiseBroken, PromiseKept } from '#contracts/relationship.events.js';
import { NewPromise } from '#domain/customer/relationship-commands.js';
import { WRITERS } from '../auth/roles.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { commandAnswerNaming } from '../openapi/responses.js';
import { CustomerCommands } from './customer-commands.js';

/** What they may count on. */
@Controller('customers/:id/promises')
export class PromisesController {
  constructor(private readonly customers: CustomerCommands) {}

  @Post()
  @Operation({
    summary: 'Make a promise',
    roles: WRITERS,
    body: NewPromise,
    answer: commandAnswerNaming('promiseId'),
    example: { what: 'A call with the result', dueAt: '9999-12-31T09:00:00Z' },
  })
  make(@Param('id') id: string, @Http() http: Exchange) {
    return this.customers.add(id, http, 'promise', NewPromise, (data) => ({ type: 'MakePromise', ...data }));
  }

  @Post(':promiseId/keep')
  @Operation({
    summary: 'Record that a promise was kept, or more than kept',
    roles: WRITERS,
    body: PromiseKept,
    fromPath: ['promiseId'],
    example: { outcome: 'asPromised' },
  })
  keep(@Param('id') id: string, @Param('promiseId') promiseId: string, @Http() http: Exchange) {
    return this.customers.send(id, http, PromiseKept, (data) => ({ type: 'KeepPromise', ...data }), { promiseId });
  }

  @Post(':promiseId/break')
  @Operation({
    summary: 'Record that a promise was broken',
    roles: WRITERS,
    body: PromiseBroken,
    fromPath: ['promiseId'],
    example: {},
  })
  break(@Param('id') id: string, @Param('promiseId') promiseId: string, @Http() http: Exchange) {
    return this.customers.send(id, http, PromiseBroken, (data) => ({ type: 'BreakPromise', ...data }), { promiseId });
  }
}
