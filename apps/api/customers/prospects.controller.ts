import { Controller, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ToCustomer } from '#commands/handlers/customer.handler.js';
import { ProspectDisqualified, ProspectIdentified, ProspectQualified } from '#contracts/customer.events.js';
import { ProspectAcquisition } from '#domain/customer/acquiring-commands.js';
import { WRITERS } from '../auth/roles.js';
import { answerCreated, parseCommand } from '../http/command-request.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { CustomerCommands } from './customer-commands.js';
import { newCustomerId } from './new-customer-id.js';

/** Who may become a customer. A prospect is a resource among the customers from the first contact on. */
@Controller()
export class ProspectsController {
  constructor(
    private readonly bus: CommandBus,
    private readonly customers: CustomerCommands,
  ) {}

  @Post('prospects')
  @Operation({
    summary: 'Identify a prospect',
    roles: WRITERS,
    body: ProspectIdentified,
    creates: true,
    example: { partyKind: 'person', roles: ['endConsumer'], name: 'Hoa Nguyễn', channel: 'web', approach: 'inbound' },
  })
  async identify(@Http() { request, reply }: Exchange) {
    const { data, meta } = parseCommand(ProspectIdentified, request);
    const id = newCustomerId(data, meta);
    const outcome = await this.bus.execute(new ToCustomer(id, { type: 'IdentifyProspect', ...data }, meta));
    return answerCreated(reply, outcome, `/customers/${outcome.id}/360`);
  }

  @Post('customers/:id/qualify')
  @Operation({
    summary: 'Qualify a prospect: worth pursuing',
    roles: WRITERS,
    body: ProspectQualified,
    example: { basis: 'Asked for a price' },
  })
  qualify(@Param('id') id: string, @Http() http: Exchange) {
    return this.customers.send(id, http, ProspectQualified, (data) => ({ type: 'QualifyProspect', ...data }));
  }

  @Post('customers/:id/disqualify')
  @Operation({
    summary: 'Disqualify a prospect: not worth pursuing',
    roles: WRITERS,
    body: ProspectDisqualified,
    example: { reason: 'Bought elsewhere' },
  })
  disqualify(@Param('id') id: string, @Http() http: Exchange) {
    return this.customers.send(id, http, ProspectDisqualified, (data) => ({ type: 'DisqualifyProspect', ...data }));
  }

  @Post('customers/:id/acquire')
  @Operation({
    summary: 'Acquire a prospect as a customer: only what is new',
    roles: WRITERS,
    body: ProspectAcquisition,
    example: { channel: 'store', trigger: 'First order' },
  })
  acquire(@Param('id') id: string, @Http() http: Exchange) {
    return this.customers.send(id, http, ProspectAcquisition, (data) => ({ type: 'AcquireProspect', ...data }));
  }
}
