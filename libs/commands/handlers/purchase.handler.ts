import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { PurchaseCommand } from '#domain/purchase/commands.js';
import { purchase } from '#domain/purchase/purchase.decider.js';
import type { Outcome } from '../command-ledger.js';
import type { CommandMeta } from '../command-meta.js';
import { Customers } from '../customers.js';
import { StreamCommands } from '../stream-commands.js';

/** A command to a purchase. Its customer may be named by an identity that the customer claimed. */
export class ToPurchase extends Command<Outcome> {
  constructor(
    readonly purchaseId: string,
    readonly command: PurchaseCommand,
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

@CommandHandler(ToPurchase)
export class PurchaseHandler implements ICommandHandler<ToPurchase> {
  constructor(
    private readonly streams: StreamCommands,
    private readonly customers: Customers,
  ) {}

  async execute({ purchaseId, command, meta }: ToPurchase): Promise<Outcome> {
    const customerId = await this.customers.require(command.customerId, 'customerId');
    return this.streams.handle({
      category: 'purchase',
      id: purchaseId,
      decider: purchase,
      command: { ...command, customerId },
      meta,
      subject: { kind: 'customer', id: customerId },
      customerId,
      creates: true,
    });
  }
}
