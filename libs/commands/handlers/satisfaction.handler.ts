import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { complaint } from '#domain/complaint/complaint.decider.js';
import { RuleViolation } from '#domain/decider.js';
import { isGiven } from '#domain/deciding.js';
import type { SatisfactionCommand } from '#domain/satisfaction/commands.js';
import { satisfaction } from '#domain/satisfaction/satisfaction.decider.js';
import type { Outcome } from '../command-ledger.js';
import type { CommandMeta } from '../command-meta.js';
import { Customers } from '../customers.js';
import { StreamCommands } from '../stream-commands.js';

/** An answer to a question of a survey. Nobody need know whose it is. */
export class ToSatisfaction extends Command<Outcome> {
  constructor(
    readonly command: SatisfactionCommand,
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

@CommandHandler(ToSatisfaction)
export class SatisfactionHandler implements ICommandHandler<ToSatisfaction> {
  constructor(
    private readonly streams: StreamCommands,
    private readonly customers: Customers,
  ) {}

  async execute({ command, meta }: ToSatisfaction): Promise<Outcome> {
    if (command.type === 'RateComplaintHandling') await this.requireComplaint(command.complaintId);
    const customerId = isGiven(command.customerId)
      ? await this.customers.require(command.customerId, 'customerId')
      : undefined;
    return this.streams.handle({
      category: 'satisfaction',
      id: command.surveyId,
      decider: satisfaction,
      command: { ...command, customerId },
      meta,
      // Without a customer the survey stands for itself: its answers keep their order under its id.
      subject: { kind: 'customer', id: customerId ?? command.surveyId },
      customerId,
    });
  }

  private async requireComplaint(id: string): Promise<void> {
    const { state } = await this.streams.stateOf('complaint', id, complaint);
    if (state.status !== 'unknown') return;
    throw new RuleViolation('not-found', 'complaint-exists', `There is no complaint ${id}.`, 'complaintId');
  }
}
