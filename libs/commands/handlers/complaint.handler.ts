import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { ComplaintCommand } from '#domain/complaint/commands.js';
import { complaint } from '#domain/complaint/complaint.decider.js';
import type { Outcome } from '../command-ledger.js';
import type { CommandMeta } from '../command-meta.js';
import { Customers } from '../customers.js';
import { StreamCommands } from '../stream-commands.js';

/** A command to a complaint. A complaint may be raised before its customer is known. */
export class ToComplaint extends Command<Outcome> {
  constructor(
    readonly complaintId: string,
    readonly command: ComplaintCommand,
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
        if (command.customerId === undefined) return this.send(complaintId, command, meta, undefined, true);
        const customerId = await this.customers.require(command.customerId, 'customerId');
        return this.send(complaintId, { ...command, customerId }, meta, customerId, true);
      }
      case 'RecordSlaBreach':
      case 'ResolveComplaint': {
        const { state } = await this.streams.stateOf('complaint', complaintId, complaint);
        return this.send(complaintId, command, meta, state.customerId, false);
      }
    }
  }

  private send(
    id: string,
    command: ComplaintCommand,
    meta: CommandMeta,
    customerId: string | undefined,
    creates: boolean,
  ): Promise<Outcome> {
    return this.streams.handle({
      category: 'complaint',
      id,
      decider: complaint,
      command,
      meta,
      // While the customer is unknown the complaint stands for itself: its events keep their order under its id.
      subject: { kind: 'customer', id: customerId ?? id },
      customerId,
      creates,
    });
  }
}
