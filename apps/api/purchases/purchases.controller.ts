import { Controller, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ToPurchase } from '#commands/handlers/purchase.handler.js';
import { derivedId, externalId } from '#contracts/ids.js';
import { CustomerPurchased, UnlinkedReturnRecorded } from '#contracts/purchase.events.js';
import { WRITERS } from '../auth/roles.js';
import { addressOf, answerCreated, parseCommand } from '../http/command-request.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';

const FROM_PATH = ['customerId'];

const PURCHASE = {
  externalOrderId: { system: 'shop', id: 'O-4711' },
  currency: 'USD',
  channel: 'web',
  lines: [
    { lineId: '1', kind: 'product', productId: 'SKU-1', name: 'Kettle', quantity: 2, unitPrice: '60.00', total: 12000 },
    { lineId: '2', kind: 'service', name: 'Extended warranty', quantity: 1, total: 1500 },
  ],
  subtotal: 13500,
  discount: 1350,
  shipping: 500,
  tax: 0,
  total: 12650,
};

const RETURN = {
  externalReturnId: { system: 'shop', id: 'R-4711' },
  currency: 'USD',
  lines: [{ productId: 'SKU-1', name: 'Kettle', quantity: 1, refund: 6000 }],
  refund: 6000,
  reason: 'Receipt lost',
};

@Controller('customers/:id')
export class PurchasesController {
  constructor(private readonly bus: CommandBus) {}

  @Post('purchases')
  @Operation({
    summary: 'Record a purchase',
    roles: WRITERS,
    body: CustomerPurchased,
    fromPath: FROM_PATH,
    creates: true,
    example: PURCHASE,
  })
  async record(@Param('id') address: string, @Http() { request, reply }: Exchange) {
    const customerId = addressOf('customer', address);
    const { data, meta } = parseCommand(CustomerPurchased, request, { customerId });
    const { externalOrderId } = data;
    const id = externalOrderId ? externalId('purchase', externalOrderId) : derivedId('purchase', meta.commandId);
    const outcome = await this.bus.execute(new ToPurchase(id, { type: 'RecordPurchase', ...data }, meta));
    return answerCreated(reply, outcome, `/purchases/${outcome.id}`);
  }

  @Post('returns')
  @Operation({
    summary: 'Record a return whose purchase is not known',
    roles: WRITERS,
    body: UnlinkedReturnRecorded,
    fromPath: FROM_PATH,
    creates: true,
    example: RETURN,
  })
  async recordReturn(@Param('id') address: string, @Http() { request, reply }: Exchange) {
    const customerId = addressOf('customer', address);
    const { data, meta } = parseCommand(UnlinkedReturnRecorded, request, { customerId });
    const { externalReturnId } = data;
    const id = externalReturnId ? externalId('purchase', externalReturnId) : derivedId('return', meta.commandId);
    const outcome = await this.bus.execute(new ToPurchase(id, { type: 'RecordUnlinkedReturn', ...data }, meta));
    return answerCreated(reply, outcome, `/purchases/${outcome.id}`);
  }
}
