import { Controller, Param, Post } from '@nestjs/common';
import { NeedMet, NeedWithdrawn } from '#contracts/relationship.events.js';
import { NewNeed } from '#domain/customer/relationship-commands.js';
import { WRITERS } from '../auth/roles.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { commandAnswerNaming } from '../openapi/responses.js';
import { CustomerCommands } from './customer-commands.js';

/** What they want, said or unsaid. */
@Controller('customers/:id/needs')
export class NeedsController {
  constructor(private readonly customers: CustomerCommands) {}

  @Post()
  @Operation({
    summary: 'Record a need',
    roles: WRITERS,
    body: NewNeed,
    answer: commandAnswerNaming('needId'),
    example: { statement: 'A quieter machine', expressed: 'stated', category: 'comfort' },
  })
  record(@Param('id') id: string, @Http() http: Exchange) {
    return this.customers.add(id, http, 'need', NewNeed, (data) => ({ type: 'RecordNeed', ...data }));
  }

  @Post(':needId/meet')
  @Operation({ summary: 'Meet a need', roles: WRITERS, body: NeedMet, fromPath: ['needId'], example: {} })
  meet(@Param('id') id: string, @Param('needId') needId: string, @Http() http: Exchange) {
    return this.customers.send(id, http, NeedMet, (data) => ({ type: 'MeetNeed', ...data }), { needId });
  }

  @Post(':needId/withdraw')
  @Operation({
    summary: 'Withdraw a need: they want it no longer',
    roles: WRITERS,
    body: NeedWithdrawn,
    fromPath: ['needId'],
    example: {},
  })
  withdraw(@Param('id') id: string, @Param('needId') needId: string, @Http() http: Exchange) {
    return this.customers.send(id, http, NeedWithdrawn, (data) => ({ type: 'WithdrawNeed', ...data }), { needId });
  }
}
