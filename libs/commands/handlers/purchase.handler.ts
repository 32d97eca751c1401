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
    if (command.type === 'RecordPurchase' || command.type === 'RecordUnlinkedReturn') {
      const customerId = await this.customers.require(command.customerId, 'customerId');
      return this.streams.handle({
        ...toStream(purchaseId, { ...command, customerId }, meta, customerId),
        creates: true,
      });
    }
    const { state } = await this.streams.stateOf('purchase', purchaseId, purchase);
    return this.streams.handle(toStream(purchaseId, command, meta, state.customerId));
  }
}

function toStream(id: string, command: PurchaseCommand, meta: CommandMeta, customerId: string | undefined) {
  return {
    category: 'purchase' as const,
    id,
    decider: purchase,
    command,
    meta,
    // Without a customer there is no purchase, and the command is refused.
    subject: { kind: 'customer' as const, id: customerId ?? id },
    customerId,
  };
}
