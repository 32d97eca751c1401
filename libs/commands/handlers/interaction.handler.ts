import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { InteractionCommand } from '#domain/interaction/commands.js';
import { interaction } from '#domain/interaction/interaction.decider.js';
import type { Outcome } from '../command-ledger.js';
import type { CommandMeta } from '../command-meta.js';
import { Customers } from '../customers.js';
import { StreamCommands } from '../stream-commands.js';

/** A command to an interaction. One may be recorded before its customer is known. */
export class ToInteraction extends Command<Outcome> {
  constructor(
    readonly interactionId: string,
    readonly command: InteractionCommand,
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

@CommandHandler(ToInteraction)
export class InteractionHandler implements ICommandHandler<ToInteraction> {
  constructor(
    private readonly streams: StreamCommands,
    private readonly customers: Customers,
  ) {}

  async execute({ interactionId, command, meta }: ToInteraction): Promise<Outcome> {
    const creates = command.type === 'RecordInteraction';
    if (command.customerId === undefined) return this.send(interactionId, command, meta, undefined, creates);
    const customerId = await this.customers.require(command.customerId, 'customerId');
    return this.send(interactionId, { ...command, customerId }, meta, customerId, creates);
  }

  private send(
    id: string,
    command: InteractionCommand,
    meta: CommandMeta,
    customerId: string | undefined,
    creates: boolean,
  ): Promise<Outcome> {
    return this.streams.handle({
      category: 'interaction',
      id,
      decider: interaction,
      command,
      meta,
      // While the customer is unknown the interaction stands for itself: its events keep their order under its id.
      subject: { kind: 'customer', id: customerId ?? id },
      customerId,
      creates,
    });
  }
}
