import { Controller, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ToCustomer } from '#commands/handlers/customer.handler.js';
import { CustomerAcquired, ExternalIdentityLinked } from '#contracts/customer.events.js';
import { WRITERS } from '../auth/roles.js';
import { answerCreated, parseCommand } from '../http/command-request.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { CustomerCommands } from './customer-commands.js';
import { newCustomerId } from './new-customer-id.js';

/** From first contact on: who becomes a customer, and what else they are known by. */
@Controller('customers')
export class CustomersController {
  constructor(
    private readonly bus: CommandBus,
    private readonly customers: CustomerCommands,
  ) {}

  @Post()
  @Operation({
    summary: 'Acquire a customer; a prospect of the same external identity becomes one',
    roles: WRITERS,
    body: CustomerAcquired,
    creates: true,
    example: {
      partyKind: 'person',
      roles: ['endConsumer'],
      name: 'Hoa Nguyễn',
      channel: 'web',
      externalIdentity: { system: 'shop', id: '4711' },
    },
  })
  async acquire(@Http() { request, reply }: Exchange) {
    const { data, meta } = parseCommand(CustomerAcquired, request);
    const id = newCustomerId(data, meta);
    const outcome = await this.bus.execute(new ToCustomer(id, { type: 'AcquireCustomer', ...data }, meta));
    return answerCreated(reply, outcome, `/customers/${outcome.id}/360`);
  }

  @Post(':id/external-identities')
  @Operation({
    summary: 'Link an identity of another system',
    roles: WRITERS,
    body: ExternalIdentityLinked,
    example: { identity: { system: 'newsletter', id: 'hoa@example.org' } },
  })
  link(@Param('id') id: string, @Http() http: Exchange) {
    return this.customers.send(id, http, ExternalIdentityLinked, (data) => ({
      type: 'LinkExternalIdentity',
      ...data,
    }));
  }
}
