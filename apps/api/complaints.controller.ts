import { Controller, Param, Post, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ToComplaint } from '#commands/handlers/complaint.handler.js';
import { ComplaintResolved, CustomerComplained } from '#contracts/complaint.events.js';
import { derivedId } from '#contracts/ids.js';
import { addressOf, answer, answerCreated, type ParsedCommand, parseCommand } from './command-request.js';

@Controller()
export class ComplaintsController {
  constructor(private readonly bus: CommandBus) {}

  @Post('customers/:id/complaints')
  raise(@Param('id') address: string, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const customerId = addressOf('customer', address);
    return this.send(parseCommand(CustomerComplained, request, { customerId }), reply);
  }

  /** A complaint whose customer is not known yet. */
  @Post('complaints')
  raiseUnattributed(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.send(parseCommand(CustomerComplained, request), reply);
  }

  @Post('complaints/:id/resolve')
  async resolve(
    @Param('id') address: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const id = addressOf('complaint', address);
    const { data, meta } = parseCommand(ComplaintResolved, request);
    const outcome = await this.bus.execute(new ToComplaint(id, { type: 'ResolveComplaint', ...data }, meta));
    reply.status(200);
    return answer(reply, outcome);
  }

  private async send({ data, meta }: ParsedCommand<CustomerComplained>, reply: FastifyReply) {
    const id = derivedId('complaint', meta.commandId);
    const outcome = await this.bus.execute(new ToComplaint(id, { type: 'RaiseComplaint', ...data }, meta));
    return answerCreated(reply, outcome, `/complaints/${outcome.id}`);
  }
}
