import { Controller, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ToComplaint } from '#commands/handlers/complaint.handler.js';
import { ComplaintResolved, CustomerComplained } from '#contracts/complaint.events.js';
import { derivedId } from '#contracts/ids.js';
import { WRITERS } from '../auth/roles.js';
import { addressOf, answer, answerCreated, type ParsedCommand, parseCommand } from '../http/command-request.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';

@Controller()
export class ComplaintsController {
  constructor(private readonly bus: CommandBus) {}

  @Post('customers/:id/complaints')
  @Operation({
    summary: 'Raise a complaint',
    roles: WRITERS,
    body: CustomerComplained,
    fromPath: ['customerId'],
    creates: true,
  })
  raise(@Param('id') address: string, @Http() http: Exchange) {
    const customerId = addressOf('customer', address);
    return this.raised(parseCommand(CustomerComplained, http.request, { customerId }), http);
  }

  @Post('complaints')
  @Operation({
    summary: 'Raise a complaint whose customer is not known yet',
    roles: WRITERS,
    body: CustomerComplained,
    creates: true,
  })
  raiseUnattributed(@Http() http: Exchange) {
    return this.raised(parseCommand(CustomerComplained, http.request), http);
  }

  @Post('complaints/:id/resolve')
  @Operation({ summary: 'Resolve a complaint', roles: WRITERS, body: ComplaintResolved })
  async resolve(@Param('id') address: string, @Http() { request, reply }: Exchange) {
    const id = addressOf('complaint', address);
    const { data, meta } = parseCommand(ComplaintResolved, request);
    const outcome = await this.bus.execute(new ToComplaint(id, { type: 'ResolveComplaint', ...data }, meta));
    reply.status(200);
    return answer(reply, outcome);
  }

  private async raised({ data, meta }: ParsedCommand<CustomerComplained>, { reply }: Exchange) {
    const id = derivedId('complaint', meta.commandId);
    const outcome = await this.bus.execute(new ToComplaint(id, { type: 'RaiseComplaint', ...data }, meta));
    return answerCreated(reply, outcome, `/complaints/${outcome.id}`);
  }
}
