import { Controller, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ToComplaint } from '#commands/handlers/complaint.handler.js';
import { CustomerComplained } from '#contracts/complaint.events.js';
import { derivedId, externalId } from '#contracts/ids.js';
import { isGiven } from '#domain/deciding.js';
import { WRITERS } from '../auth/roles.js';
import { addressOf, answerCreated, type ParsedCommand, parseCommand } from '../http/command-request.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';

const EXAMPLE = {
  product: { id: 'SKU-1', category: 'Kettles' },
  issue: 'Broken on arrival',
  severity: 'medium',
  channel: 'phone',
  desiredOutcome: 'A new one',
};

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
    example: EXAMPLE,
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
    example: EXAMPLE,
  })
  raiseUnattributed(@Http() http: Exchange) {
    return this.raised(parseCommand(CustomerComplained, http.request), http);
  }

  private async raised({ data, meta }: ParsedCommand<CustomerComplained>, { reply }: Exchange) {
    const id = isGiven(data.externalId)
      ? externalId('complaint', data.externalId)
      : derivedId('complaint', meta.commandId);
    const outcome = await this.bus.execute(new ToComplaint(id, { type: 'RaiseComplaint', ...data }, meta));
    return answerCreated(reply, outcome, `/complaints/${outcome.id}`);
  }
}
