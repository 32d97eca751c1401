import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { areRules } from '#contracts/rules.events.js';
import type { ComplaintRequest } from '#domain/complaint/commands.js';
import { complaint } from '#domain/complaint/complaint.decider.js';
import { rules } from '#domain/rules/rules.decider.js';
import type { Outcome } from '../command-ledger.js';
import type { CommandMeta } from '../command-meta.js';
import { Customers } from '../customers.js';
import { StreamCommands } from '../stream-commands.js';

/** A command to a complaint. A complaint may be raised before its customer is known. */
export class ToComplaint extends Command<Outcome> {
  constructor(
    readonly complaintId: string,
    readonly command: ComplaintRequest,
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

@CommandHandler(ToComplaint)
export class ComplaintHandler implements ICommandHandler<ToComplaint> {
  constructor(
    private readonly streams: StreamCommands,
    private readonly customers: Customers,
  ) {}

  async execute({ complaintId, command, meta }: ToComplaint): Promise<Outcome> {
    switch (command.type) {
      case 'RaiseComplaint': {
        const customerId = await this.known(command.customerId);
        return this.send(complaintId, { ...command, customerId }, meta, customerId, true);
      }
      case 'RecordCase': {
        const customerId = await this.known(command.raised.customerId);
        const raised = { ...command.raised, customerId };
        return this.send(complaintId, { ...command, raised }, meta, customerId, true);
      }
      case 'AttributeComplaint': {
        const customerId = await this.customers.require(command.customerId, 'customerId');
        return this.send(complaintId, { ...command, customerId }, meta, customerId);
      }
      default:
        return this.send(complaintId, command, meta, await this.customerOf(complaintId));
    }
  }

  private async known(customerId: string | null | undefined): Promise<string | undefined> {
    // At the edge, `null` counts as left out.
    return customerId === undefined || customerId === null
      ? undefined
      : this.customers.require(customerId, 'customerId');
  }

  /** Once it has a customer it keeps it; another process may have found it since. */
  private async customerOf(complaintId: string): Promise<string | undefined> {
    const { state } = await this.streams.stateOf('complaint', complaintId, complaint);
    if (state.customerId !== undefined) return state.customerId;
    return (await this.streams.stateOf('complaint', complaintId, complaint, { fresh: true })).state.customerId;
  }

  private async send(
    id: string,
    said: ComplaintRequest,
    meta: CommandMeta,
    customerId: string | undefined,
    creates = false,
  ): Promise<Outcome> {
    // Fresh, because another process publishes them.
    const { state } = await this.streams.stateOf('rules', 'complaints', rules, { fresh: true });
    return this.streams.handle({
      category: 'complaint',
      id,
      decider: complaint,
      command: { ...said, rules: state.versions.filter(areRules('complaints')) },
      said,
      meta,
      // While the customer is unknown the complaint stands for itself: its events keep their order under its id.
      subject: { kind: 'customer', id: customerId ?? id },
      customerId,
      creates,
    });
  }
}
