import { Controller, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ToPurchase } from '#commands/handlers/purchase.handler.js';
import { derivedId } from '#contracts/ids.js';
import type { PurchaseCommand } from '#domain/purchase/commands.js';
import { WRITERS } from '../auth/roles.js';
import { addressOf, answer, parseCommand } from '../http/command-request.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import {
  CancellationBody,
  CorrectionBody,
  CostsBody,
  FulfilmentBody,
  PaymentBody,
  ReturnBody,
} from './follow-up-bodies.js';

const LINE = { lineId: '1', quantity: 1 };

/** What becomes of a purchase. */
@Controller('purchases/:id')
export class FollowUpsController {
  constructor(private readonly bus: CommandBus) {}

  @Post('costs')
  @Operation({
    summary: 'Record what a purchase cost the seller',
    roles: WRITERS,
    body: CostsBody,
    example: { lines: [{ lineId: '1', unitCost: '31.40' }] },
  })
  cost(@Param('id') address: string, @Http() http: Exchange) {
    return this.send(address, http, CostsBody, (data) => ({ type: 'CostPurchase', ...data }));
  }

  @Post('fulfilments')
  @Operation({
    summary: 'Record that some of it was delivered',
    roles: WRITERS,
    body: FulfilmentBody,
    example: { lines: [LINE], deliveredAt: '2026-01-31T08:15:00Z' },
  })
  fulfil(@Param('id') address: string, @Http() http: Exchange) {
    return this.send(address, http, FulfilmentBody, (data, commandId) => ({
      type: 'FulfilPurchase',
      ...data,
      fulfilmentId: data.fulfilmentId ?? derivedId('fulfilment', commandId),
    }));
  }

  @Post('payments')
  @Operation({ summary: 'Record a payment', roles: WRITERS, body: PaymentBody, example: { amount: 12050 } })
  pay(@Param('id') address: string, @Http() http: Exchange) {
    return this.send(address, http, PaymentBody, (data, commandId) => ({
      type: 'ReceivePayment',
      ...data,
      paymentId: data.paymentId ?? derivedId('payment', commandId),
    }));
  }

  @Post('returns')
  @Operation({
    summary: 'Record that some of it came back',
    roles: WRITERS,
    body: ReturnBody,
    example: { lines: [{ ...LINE, refund: 6025 }], refund: 6025, reason: 'Damaged in transit' },
  })
  takeBack(@Param('id') address: string, @Http() http: Exchange) {
    return this.send(address, http, ReturnBody, (data, commandId) => ({
      type: 'ReturnPurchase',
      ...data,
      returnId: data.returnId ?? derivedId('return', commandId),
    }));
  }

  @Post('cancel')
  @Operation({
    summary: 'Call off all of it',
    roles: WRITERS,
    body: CancellationBody,
    example: { reason: 'Ordered by mistake' },
  })
  cancel(@Param('id') address: string, @Http() http: Exchange) {
    return this.send(address, http, CancellationBody, (data) => ({ type: 'CancelPurchase', ...data }));
  }

  @Post('correct')
  @Operation({
    summary: 'Correct what was recorded',
    roles: WRITERS,
    body: CorrectionBody,
    example: {
      after: {
        lines: [{ lineId: '1', kind: 'product', quantity: 1, total: 6025 }],
        subtotal: 6025,
        discount: 0,
        shipping: 0,
        tax: 0,
        total: 6025,
      },
      reason: 'One was keyed in twice',
    },
  })
  correct(@Param('id') address: string, @Http() http: Exchange) {
    return this.send(address, http, CorrectionBody, (data) => ({ type: 'CorrectPurchase', ...data }));
  }

  private async send<Body extends object>(
    address: string,
    { request, reply }: Exchange,
    type: new () => Body,
    toCommand: (data: Body, commandId: string) => PurchaseCommand,
  ): Promise<object> {
    const id = addressOf('purchase', address);
    const { data, meta } = parseCommand(type, request);
    const outcome = await this.bus.execute(new ToPurchase(id, toCommand(data, meta.commandId), meta));
    reply.status(200);
    return answer(reply, outcome);
  }
}
