import { Controller, Param, Post, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ToCustomer } from '#commands/handlers/customer.handler.js';
import {
  ChurnRiskAssessed,
  CustomerAcquired,
  CustomerRetained,
  ExternalIdentityLinked,
  RetentionOfferAccepted,
  RetentionOfferDeclined,
  RetentionOfferMade,
} from '#contracts/customer.events.js';
import { derivedId, externalId } from '#contracts/ids.js';
import type { CustomerCommand } from '#domain/customer/commands.js';
import { addressOf, answer, answerCreated, parseCommand } from './command-request.js';

@Controller('customers')
export class CustomersController {
  constructor(private readonly bus: CommandBus) {}

  @Post()
  async acquire(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const { data, meta } = parseCommand(CustomerAcquired, request);
    const { externalIdentity } = data;
    const id = externalIdentity ? externalId('customer', externalIdentity) : derivedId('customer', meta.commandId);
    const outcome = await this.bus.execute(new ToCustomer(id, { type: 'AcquireCustomer', ...data }, meta));
    return answerCreated(reply, outcome, `/customers/${outcome.id}`);
  }

  @Post(':id/external-identities')
  link(@Param('id') id: string, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.send(id, request, reply, ExternalIdentityLinked, (data) => ({ type: 'LinkExternalIdentity', ...data }));
  }

  @Post(':id/churn-risk')
  assess(@Param('id') id: string, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.send(id, request, reply, ChurnRiskAssessed, (data) => ({ type: 'AssessChurnRisk', ...data }));
  }

  @Post(':id/retention-offers')
  makeOffer(@Param('id') id: string, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.send(id, request, reply, RetentionOfferMade, (data) => ({ type: 'MakeRetentionOffer', ...data }));
  }

  @Post(':id/retention-offers/accept')
  acceptOffer(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.send(id, request, reply, RetentionOfferAccepted, (data) => ({ type: 'AcceptRetentionOffer', ...data }));
  }

  @Post(':id/retention-offers/decline')
  declineOffer(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.send(id, request, reply, RetentionOfferDeclined, (data) => ({
      type: 'DeclineRetentionOffer',
      ...data,
    }));
  }

  @Post(':id/retain')
  retain(@Param('id') id: string, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.send(id, request, reply, CustomerRetained, (data) => ({ type: 'RetainCustomer', ...data }));
  }

  private async send<Data extends object>(
    address: string,
    request: FastifyRequest,
    reply: FastifyReply,
    type: new () => Data,
    toCommand: (data: Data) => CustomerCommand,
  ) {
    const id = addressOf('customer', address);
    const { data, meta } = parseCommand(type, request);
    const outcome = await this.bus.execute(new ToCustomer(id, toCommand(data), meta));
    reply.status(200);
    return answer(reply, outcome);
  }
}
