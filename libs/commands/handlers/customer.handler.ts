import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CustomerEvent } from '#contracts/events.js';
import { derivedId, externalId } from '#contracts/ids.js';
import type { LinkExternalIdentity } from '#domain/customer/acquiring-commands.js';
import type { CustomerCommand } from '#domain/customer/commands.js';
import { customer } from '#domain/customer/customer.decider.js';
import type { CustomerState } from '#domain/customer/state.js';
import { RuleViolation } from '#domain/decider.js';
import type { Outcome } from '../command-ledger.js';
import type { CommandMeta } from '../command-meta.js';
import { Customers } from '../customers.js';
import { DifferentContent } from '../errors.js';
import type { StreamCommand } from '../stream-command.js';
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

/** The rule by which an acquisition under an identity of another customer is refused. */
export const IDENTITY_CLAIMED = 'identity-claimed';

@CommandHandler(ToCustomer)
export class CustomerHandler implements ICommandHandler<ToCustomer> {
  constructor(
    private readonly streams: StreamCommands,
    private readonly customers: Customers,
  ) {}

  async execute({ customerId, command, meta }: ToCustomer): Promise<Outcome> {
    if (command.type === 'IdentifyProspect') return this.create(toStream(customerId, command, meta));
    if (command.type === 'AcquireCustomer') {
      // Whoever was known as a prospect by the same identity becomes a customer.
      const goesOnFrom = ({ status }: CustomerState) => status === 'prospect';
      return this.create({ ...toStream(customerId, command, meta), goesOnFrom });
    }
    const id = await this.customers.require(customerId);
    const said = await this.resolved(id, command);
    const request = { ...toStream(id, await this.knowingOther(said), meta), said };
    if (command.type === 'LinkExternalIdentity') {
      // A claim is for ever: a command that is refused must not leave one.
      await this.streams.ensureAcceptable(request);
      await this.claim(id, command, meta);
    }
    return this.streams.handle(request);
  }

  /** Parties may be named by any id that they are known by. */
  private async resolved(customerId: string, command: CustomerCommand): Promise<CustomerCommand> {
    if (command.type !== 'LinkParty' && command.type !== 'UnlinkParty') return command;
    const otherCustomerId = await this.customers.require(command.otherCustomerId, 'otherCustomerId');
    return command.type === 'LinkParty' ? { ...command, customerId, otherCustomerId } : { ...command, otherCustomerId };
  }

  private async knowingOther(command: CustomerCommand): Promise<CustomerCommand> {
    if (command.type !== 'LinkParty') return command;
    const { state } = await this.streams.stateOf('customer', command.otherCustomerId, customer, { fresh: true });
    return { ...command, isOtherErased: state.erased };
  }

  /** An identity that a customer claimed cannot become another one: that says more than "another content". */
  private async create(request: CustomerRequest): Promise<Outcome> {
    try {
      return await this.streams.handle({ ...request, creates: true });
    } catch (error) {
      if (!(error instanceof DifferentContent)) throw error;
      const owner = await this.customers.require(request.id);
      if (owner === request.id) throw error;
      const message = `This identity belongs to customer ${owner}: send what concerns it there.`;
      throw new RuleViolation('conflict', IDENTITY_CLAIMED, message, 'externalIdentity');
    }
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

type CustomerRequest = StreamCommand<CustomerState, CustomerCommand, CustomerEvent>;

function toStream(id: string, command: CustomerCommand, meta: CommandMeta): CustomerRequest {
  return {
    category: 'customer',
    id,
    decider: customer,
    command,
    meta,
    subject: { kind: 'customer', id },
    customerId: id,
  };
}
