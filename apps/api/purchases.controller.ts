import { Controller, Param, Post, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ToPurchase } from '#commands/handlers/purchase.handler.js';
import { derivedId, externalId } from '#contracts/ids.js';
import { CustomerPurchased, UnlinkedReturnRecorded } from '#contracts/purchase.events.js';
import { addressOf, answerCreated, parseCommand } from './command-request.js';

@Controller('customers/:id')
export class PurchasesController {
  constructor(private readonly bus: CommandBus) {}

  @Post('purchases')
  async record(
    @Param('id') address: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const customerId = addressOf('customer', address);
    const { data, meta } = parseCommand(CustomerPurchased, request, { customerId });
    const { externalOrderId } = data;
    const id = externalOrderId ? externalId('purchase', externalOrderId) : derivedId('purchase', meta.commandId);
    const outcome = await this.bus.execute(new ToPurchase(id, { type: 'RecordPurchase', ...data }, meta));
    return answerCreated(reply, outcome, `/purchases/${outcome.id}`);
  }

  @Post('returns')
  async recordReturn(
    @Param('id') address: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const customerId = addressOf('customer', address);
    const { data, meta } = parseCommand(UnlinkedReturnRecorded, request, { customerId });
    const { externalReturnId } = data;
    const id = externalReturnId ? externalId('purchase', externalReturnId) : derivedId('return', meta.commandId);
    const outcome = await this.bus.execute(new ToPurchase(id, { type: 'RecordUnlinkedReturn', ...data }, meta));
    return answerCreated(reply, outcome, `/purchases/${outcome.id}`);
  }
}
