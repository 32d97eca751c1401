import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { derivedId, externalId } from '#contracts/ids.js';
import type { CustomerCommand, LinkExternalIdentity } from '#domain/customer/commands.js';
import { customer } from '#domain/customer/customer.decider.js';
import type { Outcome } from '../command-ledger.js';
import type { CommandMeta } from '../command-meta.js';
import { Customers } from '../customers.js';
import { StreamCommands } from '../stream-commands.js';

/** A command to a customer. The id may be that of an identity that the customer claimed. */
export class ToCustomer extends Command<Outcome> {
  constructor(
    readonly customerId: string,
    readonly command: CustomerCommand,
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

@CommandHandler(ToCustomer)
export class CustomerHandler implements ICommandHandler<ToCustomer> {
  constructor(
    private readonly streams: StreamCommands,
    private readonly customers: Customers,
  ) {}

  async execute({ customerId, command, meta }: ToCustomer): Promise<Outcome> {
    if (command.type === 'AcquireCustomer') {
      return this.streams.handle({ ...toStream(customerId, command, meta), creates: true });
    }
    const id = await this.customers.require(customerId);
    const request = toStream(id, command, meta);
    if (command.type === 'LinkExternalIdentity') {
      // A claim is for ever: a command that is refused must not leave one.
      await this.streams.ensureAcceptable(request);
      await this.claim(id, command, meta);
    }
    return this.streams.handle(request);
  }

  /**
   * Claims the identity on its own stream first: of two customers that link it at once, one is refused there. A crash
   * in between leaves a claim by the right customer, which the repeated command meets and goes on.
   */
  private async claim(customerId: string, { identity }: LinkExternalIdentity, meta: CommandMeta): Promise<void> {
    const id = externalId('customer', identity);
    if (id === customerId) return;
    const { expectedRevision: _, ...claimMeta } = meta;
    await this.streams.handle({
      category: 'customer',
      id,
      decider: customer,
      command: { type: 'ClaimExternalIdentity', identity, customerId },
      meta: { ...claimMeta, commandId: derivedId('claim', meta.commandId) },
      subject: { kind: 'customer', id: customerId },
      customerId,
    });
  }
}

function toStream(id: string, command: CustomerCommand, meta: CommandMeta) {
  return {
    category: 'customer' as const,
    id,
    decider: customer,
    command,
    meta,
    subject: { kind: 'customer' as const, id },
    customerId: id,
  };
}
